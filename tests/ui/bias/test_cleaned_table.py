"""Missing codes and merged levels in the bias lab: as if the table had been written so."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laat_core import Cleaning, make_task
from laat_core.data.encoding import features_of
from ui.bias.lab import Lab
from ui.bias.make_edits import values_of


@pytest.fixture(scope="module")
def both():
    """A task with declared codes and merges, and one whose table was written so."""
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "x": generator.choice([-9, 3, 4, 5, 6], 200),
            "c": generator.choice(["a", "A", "b", "?"], 200),
            "y": generator.choice([0, 1, 9], 200),
        }
    )
    task = make_task(frame, "y", 1, target_cleaning=Cleaning(("9",)))
    task = task.with_columns(
        replace(task.column("x"), cleaning=Cleaning(("-9",))),
        replace(task.column("c"), cleaning=Cleaning(("?",), {"A": "a"})),
    )
    written = frame.assign(
        x=frame["x"].where(frame["x"] != -9),
        c=frame["c"].replace("A", "a").where(frame["c"] != "?"),
        y=frame["y"].where(frame["y"] != 9),
    )
    return task, make_task(written, "y", 1)


@pytest.mark.parametrize("column", ["x", "c"])
def test_conditions_are_offered_on_what_counts(both, column):
    found, expected = (values_of(task, column) for task in both)
    assert found == expected


def test_a_sample_has_the_rows_and_features_that_count(both, monkeypatch):
    monkeypatch.setattr("ui.bias.lab.MOST_ROWS", 40)
    monkeypatch.setattr("ui.bias.lab.FEWEST_OF_CLASS", 10)
    sampled, expected = (Lab().task(task) for task in both)
    assert len(sampled.table) == 40
    np.testing.assert_array_equal(sampled.labels, expected.labels)
    assert features_of(sampled) == features_of(expected)
