import csv
import io
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.errors import DataError
from laat_core.evaluate.curves.curve import Curve


def curve():
    empty = Curve.empty("noise", (0.0, 0.5), ("laat", "baseline"), 4, gamma=10.0)
    grown = empty.grown(0, 0, {"laat": np.array([0.5, 0.7]), "baseline": np.array([0.4, 0.4])})
    return grown.grown(0, 2, {"laat": np.array([0.9, 0.6])})


def test_a_curve_grows_and_the_one_before_stays():
    empty = Curve.empty("noise", (0.0, 0.5), ("laat", "baseline"), 2)
    grown = empty.grown(1, 0, {"laat": np.array([0.5, 0.7])})
    assert not empty.known("laat").any()
    assert not grown.known("baseline").any()
    assert grown.known("laat").tolist() == [False, True]
    np.testing.assert_array_equal(grown.mean("laat"), [math.nan, 0.6])


def test_mean_and_band_are_of_what_is_known():
    np.testing.assert_allclose(curve().mean("laat"), [0.675, math.nan])
    np.testing.assert_allclose(curve().mean("baseline"), [0.4, math.nan])
    expected = np.quantile([0.5, 0.7, 0.9, 0.6], [0.1, 0.9])
    np.testing.assert_allclose(curve().band("laat")[:, 0], expected)


def test_a_document_is_plain_json_and_leads_back():
    document = json.loads(json.dumps(curve().to_dict(), allow_nan=False, sort_keys=True))
    again = Curve.from_dict(document)
    assert again.to_dict() == curve().to_dict()
    assert (again.points, dict(again.about)) == ((0.0, 0.5), {"gamma": 10.0})


def with_part(**parts):
    return {**curve().to_dict(), **parts}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        with_part(study="other"),
        with_part(study=["noise"]),
        with_part(more=1),
        with_part(points=[]),
        with_part(points=[0.5, 0.0]),
        with_part(points=[0.0, 10**400]),
        with_part(points=[0.0, float("nan")]),
        with_part(points=["a", "b"]),
        with_part(points=[0.0, True]),
        with_part(points=[0.0, 0.1, 0.2]),
        with_part(lines={}),
        with_part(lines={"laat": [[0.5], [0.5]]}),
        with_part(lines={"laat": [[0.5], [0.5]], "baseline": [[0.5, 0.5], [0.5, 0.5]]}),
        with_part(lines={"laat": [[], []], "baseline": [[], []]}),
        with_part(lines={"laat": [[2.0], [0.5]], "baseline": [[0.5], [0.5]]}),
        with_part(lines={"laat": [["x"], [0.5]], "baseline": [[0.5], [0.5]]}),
        with_part(lines={"laat": 3, "baseline": [[0.5], [0.5]]}),
        with_part(about={"gamma": []}),
        with_part(about={"gamma": float("inf")}),
        with_part(study="learning"),
    ],
)
def test_what_is_no_study_is_refused_in_words(document):
    with pytest.raises(DataError, match="does not know"):
        Curve.from_dict(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part),
    max_leaves=8,
)


@given(st.sampled_from(["study", "points", "lines", "about"]), JSON)
def test_whatever_is_kept_is_a_curve_or_a_sentence(key, value):
    try:
        read = Curve.from_dict(with_part(**{key: value}))
    except DataError:
        return
    read.to_csv()
    assert Curve.from_dict(read.to_dict()).to_dict() == read.to_dict()


def test_csv_has_a_line_per_point_that_is_known():
    rows = list(csv.DictReader(io.StringIO(curve().to_csv())))
    assert [(row["point"], row["line"], row["repeats"]) for row in rows] == [
        ("0.0", "laat", "4"),
        ("0.0", "baseline", "2"),
    ]
    assert float(rows[0]["mean"]) == pytest.approx(0.675)
