import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laat_core.evaluate.curves import worth as worths
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.learning import error_line
from laat_core.evaluate.curves.worth import rows_worth, worth_of

ROWS = (1, 5, 10, 100)
BASELINE = np.repeat([[0.5], [0.6], [0.7], [0.9]], 4, axis=1)


def worth(laat, baseline=BASELINE, used=5, rows=ROWS, row_error=0.0):
    return rows_worth(rows, baseline, np.broadcast_to(laat, baseline.shape[1:]), used, row_error)


def test_read_between_two_points_over_the_logarithm_of_the_rows():
    found = worth(0.8)
    assert found.rows == pytest.approx(math.sqrt(10 * 100))
    # All splits are alike, and the test rows are taken to be all there are.
    assert found.interval == pytest.approx((found.rows, found.rows))
    assert found.ahead == pytest.approx(0.2)
    assert (found.used, found.most) == (5, 100)


def test_at_a_point_its_rows_are_read():
    assert worth(0.7).rows == pytest.approx(10)
    assert worth(0.9).rows == pytest.approx(100)


def test_never_reached_is_infinite_and_nothing_added_is_what_is_used():
    assert worth(0.91).rows == math.inf
    assert worth(0.6).rows == 5
    assert worth(0.6).ahead == pytest.approx(0)
    assert worth(0.3).rows == 5
    assert worth(0.3).ahead == pytest.approx(-0.3)


def test_a_curve_that_falls_by_chance_is_made_to_rise():
    baseline = np.repeat([[0.5], [0.7], [0.6], [0.9]], 3, axis=1)
    # Both points in the middle become 0.65, and the first of them reaches that.
    assert worth(0.65 - 1e-9, baseline, used=1).rows == pytest.approx(5, abs=1e-6)


def test_the_range_is_wider_where_splits_differ_and_may_have_no_end():
    generator = np.random.default_rng(0)
    baseline = BASELINE + generator.normal(0, 0.03, (4, 20)).round(3)[:, :4]
    found = worth(0.88, baseline)
    assert found.interval.low < found.rows < found.interval.high
    assert worth(0.905, baseline).interval.high == math.inf
    assert worth(0.88, baseline) == found  # seeded


def test_the_range_is_that_of_an_uncertain_level():
    # Where splits are alike, only the test rows vary, by 2 points and more in 5 of 100 tables.
    low, high = worth(0.8, row_error=0.02 / 1.96).interval
    assert low == pytest.approx(worth(0.78).rows, rel=0.05)
    assert high == pytest.approx(worth(0.82).rows, rel=0.05)


def test_ranges_of_disjoint_tables_overlap(monkeypatch):
    """All rows of a table are seen by all splits, so that these agree more than tables do."""
    monkeypatch.setattr(worths, "N_RESAMPLES", 200)
    generator = np.random.default_rng(0)
    of_table, of_split = generator.normal(0, 0.02, 60), generator.normal(0, 0.005, (60, 20))
    found = [
        rows_worth(ROWS, BASELINE[:, [0] * 20], 0.8 + level + spread, 5, 0.02).interval
        for level, spread in zip(of_table, of_split, strict=True)
    ]
    assert sum(low <= math.sqrt(1000) <= high for low, high in found) >= 54
    pairs = list(zip(found[::2], found[1::2], strict=True))
    assert sum(a.high < b.low or b.high < a.low for a, b in pairs) <= 1  # of 30


def test_without_the_part_of_the_rows_there_is_no_range():
    assert worth(0.8, row_error=None).interval is None
    assert worth(0.8, row_error=None).rows == worth(0.8).rows
    assert worth(0.8, BASELINE[:, :1], row_error=0.01).interval is None


@settings(max_examples=20)
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=4, max_size=4),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.sampled_from(ROWS),
)
def test_whatever_the_areas_the_worth_is_in_its_range(baseline, laat, used):
    found = rows_worth(ROWS, np.array(baseline), np.array(laat), used, 0.01)
    assert used <= found.interval.low <= found.interval.high
    assert found.rows >= used
    assert found.rows <= 100 + 1e-9 or math.isinf(found.rows)


@settings(max_examples=10)
@given(st.floats(0.5, 0.9), st.floats(0.5, 0.9))
def test_better_scores_are_worth_no_less(first, second):
    low, high = sorted([first, second])
    assert worth(low).rows <= worth(high).rows + 1e-9


def curve(**changes):
    lines = {"laat 100": np.full((4, 4), 0.8), "baseline": BASELINE, "scores alone": BASELINE}
    parts = {"study": "learning", "points": ROWS, "lines": lines, "about": {"rows": 5}}
    return Curve(**{**parts, **changes})


def test_of_a_learning_curve_it_is_read_where_it_is_whole():
    assert worth_of(curve(), "laat 100").rows == pytest.approx(math.sqrt(1000))
    assert worth_of(curve(), "laat auto") is None
    assert worth_of(curve(about={"rows": "5"}), "laat 100") is None
    assert worth_of(curve(about={}), "laat 100") is None
    missing = BASELINE.copy()
    missing[3] = math.nan
    growing = {**curve().lines, "baseline": missing}
    assert worth_of(curve(lines=growing), "laat 100") is None


def test_a_curve_that_was_kept_without_the_part_of_the_rows_has_no_range():
    assert worth_of(curve(), "laat 100").interval is None
    for error, known in ((0.01, True), (math.nan, False), (-0.01, False)):
        lines = curve().lines | {error_line("laat 100"): np.full((4, 4), error)}
        assert (worth_of(curve(lines=lines), "laat 100").interval is not None) == known
