from dataclasses import replace

import pandas as pd
import pytest

from laat_core import Cleaning, Role
from laat_core.data.cleaning_words import coded_rows, merged_rows
from laat_core.data.encoding import features_of
from laat_core.data.levels import rare_levels, spellings, suggest_merges
from laat_core.data.missing_codes import suggest_missing_codes
from laat_core.data.reading import read_bytes
from laat_core.data.reclean import reclean
from laat_core.data.roles import make_task
from laat_core.errors import DataError

CITIES = ["Bonn", "bonn", "Bonn ", "B onn", "Köln", "KÖLN", "Köln", "Rome", None, "Bonn"]


def task_of(**columns):
    frame = pd.DataFrame(columns)
    return make_task(frame.assign(ill=[n % 2 for n in range(len(frame))]), "ill", 1)


def test_spellings_go_into_the_most_frequent_one():
    bonn, koeln = spellings(pd.Series(CITIES, name="city"))
    assert (bonn.levels, bonn.into, bonn.n_rows) == (("B onn", "Bonn", "bonn"), "Bonn", 2)
    assert (koeln.others, koeln.n_rows) == (("KÖLN",), 1)


@pytest.mark.parametrize("values", [["a", "b", "ab"], ["1", 1, 1.0], ["é", "e"], [True, False]])
def test_levels_that_differ_otherwise_are_not_alike(values):
    assert spellings(pd.Series(values, dtype=object, name="c")) == ()


def test_merged_spellings_name_one_feature_and_are_not_suggested_again():
    task = task_of(city=CITIES)
    for alike in suggest_merges(task)["city"]:
        cleaning = task.column("city").cleaning.with_merged(alike.others, alike.into)
        task = reclean(task, "city", cleaning)
    names = [feature.name for feature in features_of(task)]
    assert names == ["city = Bonn", "city = Köln", "city = Rome"]
    assert suggest_merges(task) == {}
    apart = reclean(task, "city", Cleaning())
    assert len(features_of(apart)) == 6
    assert apart.cleaned is task.table


def test_codes_of_a_file():
    rows = ["M,Bonn", "m,bonn", "F,Bonn ", "f ,Köln", "Male,Bonn"] * 4
    table = read_bytes("\n".join(["sex,city", *rows]).encode(), "t.csv").frame
    found = suggest_merges(task_of(**{name: table[name] for name in table}))
    assert {name: [one.levels for one in some] for name, some in found.items()} == {
        "sex": [("F", "f"), ("M", "m")],
        "city": [("Bonn", "bonn")],
    }


def test_columns_left_out_by_a_person_or_still_too_many_levels_are_not_looked_at():
    few = task_of(c=["a", "A", "b"] * 3)
    few = few.with_columns(replace(few.column("c"), role=Role.IGNORE))
    assert suggest_merges(few) == {}
    crowded = task_of(c=[f"{case}{n}" for n in range(40) for case in "aA"] * 2)
    assert crowded.column("c").role is Role.IGNORE
    assert len(suggest_merges(crowded)["c"]) == 40
    too_many = task_of(c=[f"{case}{n}" for n in range(60) for case in "aA"] * 2)
    assert suggest_merges(too_many) == {}


def test_a_column_whose_levels_are_merged_becomes_usable():
    task = task_of(c=[f"{case}{n}" for n in range(40) for case in "aA"] * 2)
    cleaning = Cleaning()
    for alike in suggest_merges(task)["c"]:
        cleaning = cleaning.with_merged(alike.others, alike.into)
    task = reclean(task, "c", cleaning)
    assert (task.column("c").role, task.column("c").note) == (Role.CATEGORICAL, "")
    assert reclean(task, "c", Cleaning()).column("c").role is Role.IGNORE


def test_a_role_that_somebody_has_chosen_stays():
    task = task_of(c=[*map(str, range(9)), "n/k"])
    task = task.with_columns(replace(task.column("c"), role=Role.IGNORE, note="", label="Dose"))
    cleaned = reclean(task, "c", Cleaning(("n/k",))).column("c")
    assert (cleaned.role, cleaned.label) == (Role.IGNORE, "Dose")


def test_two_features_of_one_name_are_told_apart_by_a_merge():
    task = task_of(**{"a": ["b = c", "d", "e"] * 3, "a = b": ["c", "d", "e"] * 3})
    with pytest.raises(DataError, match="Two features would be named 'a = b = c'"):
        features_of(task)
    task = reclean(task, "a", Cleaning().with_merged(["b = c"], "b/c"))
    assert "a = b/c" in [feature.name for feature in features_of(task)]


def test_columns_whose_names_differ_only_in_case_are_cleaned_apart():
    task = task_of(sex=["M", "F", "M", "F"], SEX=["M", "m", "f", "M"])
    assert list(suggest_merges(task)) == ["SEX"]
    task = reclean(task, "SEX", Cleaning().with_merged(["m"], "M"))
    names = [feature.name for feature in features_of(task)]
    assert names == ["sex = M", "SEX = f"]


def test_inner_spaces_and_a_word_for_missing():
    task = task_of(ws=["A  B", "A B", "a b", "c"] * 3, m=["missing", "x", None] * 4)
    (alike,) = suggest_merges(task)["ws"]
    assert alike.levels == ("A  B", "A B", "a b")
    assert suggest_missing_codes(task)["m"][0].codes == ("missing",)
    ignored = reclean(task, "m", Cleaning(("missing",))).column("m")
    assert (ignored.role, ignored.note[:8]) == (Role.IGNORE, "Constant")


def test_rare_levels():
    values = pd.Series([*"aaabbc", None])
    assert rare_levels(values, 1) == []
    assert rare_levels(values, 3) == ["b", "c"]


def test_what_was_declared_in_words():
    values = pd.Series(["a", "A", "?", "?", None, "b", "B", "other"])
    cleaning = Cleaning(("?",), {"A": "a", "b": "other", "B": "other"})
    assert coded_rows(cleaning, values) == "1 empty, 2 written as ?"
    assert merged_rows(cleaning, values) == (
        "Counted as a: A (1 row); Counted as other: B, b (2 rows)"
    )
    assert coded_rows(Cleaning(("x",)), values) == ""
    assert merged_rows(Cleaning(("?",)), values) == ""
