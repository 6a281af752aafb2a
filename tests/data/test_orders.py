import pandas as pd
import pytest

from laat_core.data.orders import suggest_order


def order(*levels):
    """The order of levels that come in another one."""
    return suggest_order(pd.Series([*levels[1::2], *levels[::2]]))


@pytest.mark.parametrize(
    "levels",
    [
        ("<0", "0-200", ">=200"),
        ("... < 0 DM", "0 <= ... < 200 DM", "... >= 200 DM"),
        ("<25", "25 to 50", "50+"),
        ("18-25", "26-35", "36-45", "46 and older"),
        ("under 18", "18-65", "over 65"),
        ("less than 1 year", "1-4 years", "4-7 years", "7 or more years"),
        ("0-1,000", "1,000-2,000", ">2,000"),
        ("0-10%", "10-20%", "20-30%"),
        ("$0-$10", "$10-$20", ">$20"),
        ("-10 to 0", "0 to 10", "10 to 20"),
        ("2019-2020", "2020-2021", "2021-2022"),
        ("0.5-1.5", "1.5-2.5", "2.5+"),
        ("1 room", "2 rooms", "10 rooms"),
        ("Grade 1", "Grade 2", "Grade 3"),
        ("Low", "medium", "HIGH"),
        ("very_low", "low", "high"),
        ("never", "sometimes", "often", "always"),
        ("none", "mild", "Moderate", "severe"),
        ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
        ("poor", "fair", "good", "excellent"),
        ("S", "M", "L", "XL"),
        ("Stage I", "Stage II", "Stage III", "Stage IV"),
        ("I", "IIa", "IIb", "III"),
    ],
)
def test_levels_that_show_their_order(levels):
    assert order(*levels) == levels


@pytest.mark.parametrize(
    "levels",
    [
        ("red", "green", "blue"),
        ("low", "high"),
        ("1", "2", "3"),
        ("Type 1", "Type 2", "Type 3"),
        ("Room 12", "Room 13", "Room 14"),
        ("0-5", "3-8", "8-9"),
        ("1-2 days", "3-4 weeks", "5-6 months"),
        ("<5", "<10", "<20"),
        ("low", "medium", "high", "purple"),
        ("moderate", "medium", "low"),
        ("Stage I", "Grade II", "Stage III"),
        ("north", "south-2", "east"),
        (),
    ],
)
def test_levels_that_do_not(levels):
    assert order(*levels) == ()


def test_levels_that_say_nothing_are_left_out():
    assert order("low", "medium", "Unknown", "high") == ("low", "medium", "high")


def test_an_order_that_the_table_declares_is_taken():
    kind = pd.CategoricalDtype(["late", "early", "never there", "on time"], ordered=True)
    values = pd.Series(["early", "late", "on time"], dtype=kind)
    assert suggest_order(values) == ("late", "early", "on time")
    assert suggest_order(values.cat.as_unordered()) == ()
