import pandas as pd

from laat_core import Cleaning, load_dataset
from laat_core.data.profile import remarks
from laat_core.data.reclean import reclean
from laat_core.data.roles import make_task
from laat_core.data.suggested import suggested

TABLE = pd.DataFrame(
    {
        "age": [*range(20, 57), 999, 999, -9],
        "city": ["Bonn", "bonn", "Rome", "unknown"] * 10,
        "ill": [0, 1] * 20,
    }
)
SAID = [
    "Looks like missing: -9, 999 in 'age' (3 rows). Declare them to treat them as missing.",
    "Looks like missing: unknown in 'city' (10 rows). Declare it to treat it as missing.",
    "Looks like one level: Bonn, bonn in 'city'. Merge bonn (10 rows) into Bonn.",
]


def test_each_suggestion_is_a_sentence_among_the_remarks():
    task = make_task(TABLE, "ill", 1)
    assert suggested(task) == SAID
    assert [said for said in remarks(task) if said in SAID] == SAID


def test_what_is_declared_is_not_said_again():
    task = reclean(make_task(TABLE, "ill", 1), "age", Cleaning(("999", "-9")))
    task = reclean(task, "city", Cleaning(("unknown",), {"bonn": "Bonn"}))
    assert suggested(task) == []


def test_nothing_is_said_of_a_clean_table():
    assert suggested(load_dataset("heart")) == []
