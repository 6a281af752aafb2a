from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.recall import VERDICTS, judge, power


def tail(hits, rows, rate):
    """Probability of so many hits or more, term by term."""
    return sum(comb(rows, k) * rate**k * (1 - rate) ** (rows - k) for k in range(hits, rows + 1))


@pytest.mark.parametrize(("hits", "chance"), [(0, 0.02), (2, 0.02), (3, 0.02), (7, 0.1), (20, 0.5)])
def test_the_p_value_is_the_binomial_tail(hits, chance):
    p_value, _ = judge(hits, 20, 20, chance)
    assert p_value == pytest.approx(tail(hits, 20, chance), abs=1e-12)


def test_power_is_that_of_the_fewest_hits_that_count():
    # At a chance of 2 %, 3 hits of 20 are beyond 1 % (0.7 %), and 2 are not (6 %).
    assert tail(3, 20, 0.02) < 0.01 < tail(2, 20, 0.02)
    assert power(20, 0.02) == pytest.approx(tail(3, 20, 0.02 + 0.98 / 3), abs=1e-12)


@pytest.mark.parametrize(
    ("hits", "answered", "asked", "chance", "verdict"),
    [
        (20, 20, 20, 0.02, "by heart"),
        (3, 20, 20, 0.02, "by heart"),
        (2, 20, 20, 0.02, "no sign"),
        (0, 20, 20, 0.02, "no sign"),
        (0, 0, 20, 0.02, "cannot tell"),  # the model said nothing
        (0, 4, 20, 0.02, "cannot tell"),
        (3, 3, 20, 0.02, "by heart"),  # few, but more than chance
        (12, 20, 20, 0.5, "cannot tell"),  # too easy to guess
        (3, 3, 3, 0.02, "by heart"),
        (0, 3, 3, 0.02, "cannot tell"),
        (0, 0, 0, 1.0, "cannot tell"),
        (20, 20, 20, 1.0, "cannot tell"),
    ],
)
def test_verdicts(hits, answered, asked, chance, verdict):
    assert judge(hits, answered, asked, chance)[1] == verdict


@given(st.integers(0, 50), st.data(), st.floats(0, 1))
def test_more_hits_never_speak_less_for_memory(asked, data, chance):
    hits = data.draw(st.integers(0, asked))
    p_value, verdict = judge(hits, asked, asked, chance)
    assert 0 <= p_value <= 1 + 1e-12
    assert verdict in VERDICTS
    if hits:
        assert judge(hits - 1, asked, asked, chance)[0] >= p_value - 1e-12
    assert 0 <= power(asked, chance) <= 1


@pytest.mark.slow
def test_a_guesser_is_accused_in_one_check_of_a_hundred_at_most():
    chance, draw = 0.05, np.random.default_rng(0)
    hits = draw.binomial(20, chance, size=2000)
    accused = np.mean([judge(int(one), 20, 20, chance)[1] == "by heart" for one in hits])
    assert accused <= 0.01
