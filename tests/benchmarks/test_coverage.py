import json

import numpy as np
import pytest

from benchmarks import coverage
from benchmarks.coverage import Scenario, Splits
from laat_core.model.ranking import Ranking


@pytest.fixture(scope="module")
def result():
    return coverage.measure(
        [Scenario(50, 0.5, 0.7, 0.7, 0.5)],
        [Scenario(50, 0.2, 0.8, 0.7, 0.5)],
        [
            Splits("the target alone", 40, 20, 2, 3),
            Splits("idle features exchanged", 40, 20, 2, 3),
            Splits("half of the features", 40, 20, 15, 3),
        ],
        n_simulations=4,
        n_jobs=1,
    )


def test_scores_have_the_areas_that_they_are_said_to_have():
    labels, *scores = Scenario(20_000, 0.3, 0.9, 0.7, 0.5).draw(np.random.default_rng(0))
    areas = [Ranking(labels, values).auc for values in scores]
    assert areas == pytest.approx([0.9, 0.7], abs=0.01)
    assert labels.mean() == pytest.approx(0.3)
    assert np.corrcoef(*(values[labels == 0] for values in scores))[0, 1] == pytest.approx(
        0.5, abs=0.03
    )


def test_many_rankings_at_once_are_those_of_each():
    generator, labels = np.random.default_rng(0), np.repeat([0, 1, 0], [7, 5, 4])
    scores = generator.normal(size=(6, 16)) + labels
    areas, influence = coverage._placements(labels, scores)
    every = [Ranking(labels, one) for one in scores]
    assert areas == pytest.approx([one.auc for one in every])
    assert influence == pytest.approx(np.stack([one.influence for one in every]))


@pytest.mark.parametrize("rival", coverage.RIVALS)
def test_the_expected_difference_is_that_of_many_tables(rival):
    splits = Splits(rival, 400, 200, 5, 1)
    generator = np.random.default_rng(1)
    labels = np.repeat([0, 1], 200)
    found = []
    for _ in range(300):
        rows = generator.normal(size=(400, 8)) + labels[:, None] * coverage.APART
        found.append(coverage._compare(splits, rows, labels, generator)[0].mean())
    error = np.std(found) / np.sqrt(len(found))
    truth = coverage._expected(splits, generator)
    assert np.mean(found) == pytest.approx(truth, abs=4 * error)


def test_a_second_run_finds_the_same():
    scenario = Scenario(50, 0.5, 0.7, 0.7, 0.5)
    assert coverage.cover(scenario, 3) == coverage.cover(scenario, 3)


def test_everything_is_in_the_document(result):
    assert json.loads(json.dumps(result)) == result
    text = coverage.document(result)
    assert "50 (10)" in text
    assert "draws the rows 1,000 times, in the package so often" in " ".join(text.split())
    assert "half of the features" in text
    assert "fewer rows train than test, 3 splits, rows and splits" in text
    assert "at least as many rows train as test, 3 splits, corrected t" in text
    for cell in (result["scenarios"][0], result["fewer"][0]):
        held = cell["coverage"]["single"]
        inside = 93 <= held <= 97
        assert f"- first AUC {held:.1f} to {held:.1f} ({inside:d} of 1 between 93 and 97)\n" in text
    equal = result["splits"][1]
    assert equal["truth"] == 0
    size = f"{100 - equal['rows and splits']:.1f}"
    assert f"size of the test {size} to {size}" in " ".join(text.split())
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 100
