import datetime as dt
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.data.dates import as_dates, date_note

DAY = pd.Timestamp("2024-03-04")


def dates(*cells, **options):
    return as_dates(pd.Series(list(cells), **options))


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-04",
        "2024/3/4",
        "2024.03.04",
        " 2024-03-04 ",
        "04.03.2024",
        "4/3/2024",
        "4-3-24",
        "4 March 2024",
        "4th of March 2024".replace(" of", ""),
        "04-Mar-24",
        "4. March 2024",
        "4. 3. 2024",
        "Mar 4, 2024",
        "March 4th 2024",
        "2024-03-04T00:00:00Z",
        "2024-03-04 00:00:00.000",
        "2024\u201303\u201304",
    ],
)
def test_dates_are_read_as_people_write_them(text):
    assert dates(text).tolist() == [DAY]


def test_a_time_of_day_is_kept():
    found = dates("2024-03-04 13:45", "4.3.2024 1:45:30 PM", "2024-03-04T12:00+01:00")
    assert found.tolist() == [
        pd.Timestamp("2024-03-04 13:45"),
        pd.Timestamp("2024-03-04 13:45:30"),
        pd.Timestamp("2024-03-04 12:00"),
    ]


def test_a_month_is_read_as_its_first_day():
    assert dates("2024-03", "2023-12").tolist() == [
        pd.Timestamp("2024-03-01"),
        pd.Timestamp("2023-12-01"),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "soon", "", None, 20240304, 3.5, True, "5/10", "1.2.3", "12-34-5678", "32.1.2024",
        "2024-13-01", "30.2.2024", "13:45", "4 Marvel 2024", "2024", "1,5", dt.time(13, 45),
        dt.timedelta(days=3), [1], "2024-03-04 25:00", "2024-03-04 13:00 PM", "0000-01-01",
    ],
)  # fmt: skip
def test_what_is_not_a_date_is_missing(cell):
    assert dates(cell, dtype=object).isna().all()


def test_numbers_are_not_dates():
    assert dates(20240304, 20240305).isna().all()


@pytest.mark.parametrize(
    ("cells", "months"),
    [
        (["31/1/2024", "3/2/2024"], [1, 2]),
        (["1/31/2024", "3/2/2024"], [1, 3]),
        (["3/2/2024"], [2]),
        (["1/31/2024", "31/1/2024", "30/1/2024"], [None, 1, 1]),  # one slip
    ],
)
def test_one_order_holds_for_the_whole_column(cells, months):
    found = dates(*cells).dt.month
    assert found.astype(object).where(found.notna(), None).tolist() == months


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["2024-01-31", "3 May 2024"], ""),
        (["31/1/2024", "3/2/2024"], ""),
        (["3.2.2024"], ""),
        (["3/2/2024"], "'3/2/2024' are read day first; nothing in the column"),
        (["1/31/24"], "two digits are read as 1969 to 2068"),
        (["1/31/2024", "31/1/2024"], "nothing in the column"),
        ([1, 2], ""),
        (["a"], ""),
        ([], ""),
    ],
)
def test_what_is_assumed_is_said(cells, said):
    note = date_note(pd.Series(cells, dtype=None if cells else object))
    assert said in note
    assert bool(note) == bool(said)


def test_years_with_two_digits():
    assert dates("1.1.68", "1.1.69").dt.year.tolist() == [2068, 1969]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([DAY, None]),
        pd.Series([DAY, None]).dt.tz_localize("Europe/Berlin"),
        pd.Series(pd.PeriodIndex(["2024-03-04", None], freq="D")),
        pd.Series([dt.date(2024, 3, 4), None]),
        pd.Series([dt.datetime(2024, 3, 4), "x"], dtype=object),
        pd.Series(["2024-03-04", None], dtype="category"),
        pd.Series(["2024-03-04", None], dtype="string"),
    ],
)
def test_every_kind_of_column(values):
    assert as_dates(values).tolist() == [DAY, pd.NaT]


def test_index_and_name_are_kept():
    found = as_dates(pd.Series(["2024-03-04", "x"], index=[7, 7], name="seen"))
    assert (found.name, found.index.tolist()) == ("seen", [7, 7])
    assert pd.api.types.is_datetime64_dtype(found)


def test_an_empty_column():
    assert as_dates(pd.Series([], dtype=object)).tolist() == []


@pytest.mark.slow
def test_many_dates_are_quick():
    days = pd.Series(np.datetime64("1900-01-01") + np.arange(50_000)).dt.strftime("%d.%m.%Y %H:%M")
    started = time.process_time()
    assert as_dates(days).notna().all()
    assert time.process_time() - started < 3


DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
FORMS = ["{0:04}-{1:02}-{2:02}", "{2}.{1}.{0:04}", "{2:02}/{1:02}/{0:04}"]


@given(st.lists(DATES, min_size=1, max_size=10), st.sampled_from(FORMS))
def test_what_is_written_is_read_back(days, form):
    # One date that says that the day comes first.
    days = [*days, *[dt.date(2000, 1, number) for number in range(13, 32)]]
    texts = pd.Series([form.format(day.year, day.month, day.day) for day in days])
    found = [date.date() for date in as_dates(texts)]
    assert found == days
