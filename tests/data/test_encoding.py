import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import OneHotEncoder

from laat_core.data.encoding import Feature, TableEncoder, median
from laat_core.data.roles import make_task
from laat_core.data.task import Column, Role
from laat_core.datasets import dataset_names, load_dataset, load_proposal
from laat_core.errors import DataError, LaatError

NUMERIC, CATEGORICAL, IGNORE = Role.NUMERIC, Role.CATEGORICAL, Role.IGNORE


def encode(table, roles, **options):
    """Fit and transform; return the encoded columns by feature name."""
    columns = tuple(Column(name, role) for name, role in roles.items())
    encoder = TableEncoder(columns, **options).fit(table)
    return {name: values.tolist() for name, values in encoder.transform(table).items()}


def test_two_levels_are_one_flag_and_more_are_one_each():
    table = pd.DataFrame({"sex": ["m", "f", "m"], "pain": ["no", "mild", "bad"]})
    assert encode(table, {"sex": CATEGORICAL, "pain": CATEGORICAL}) == {
        "sex = m": [1, 0, 1],
        "pain = bad": [0, 0, 1],
        "pain = mild": [0, 1, 0],
        "pain = no": [1, 0, 0],
    }


def test_missing_numbers_become_the_median_and_missing_categories_set_no_flag():
    table = pd.DataFrame({"n": [1, None, 3, 8], "c": ["a", None, "b", "c"]})
    assert encode(table, {"n": NUMERIC, "c": CATEGORICAL}) == {
        "n": [1, 3, 3, 8],
        "c = a": [1, 0, 0, 0],
        "c = b": [0, 0, 1, 0],
        "c = c": [0, 0, 0, 1],
    }


def test_a_missing_category_is_a_feature_on_request_where_one_is_missing():
    table = pd.DataFrame({"c": ["a", None, "b", " "], "d": ["x", "y", "x", "y"]})
    roles = {"c": CATEGORICAL, "d": CATEGORICAL}
    assert encode(table, roles, missing_as_feature=True) == {
        "c = b": [0, 0, 1, 0],
        "c = missing": [0, 1, 0, 1],
        "d = y": [0, 1, 0, 1],
    }


def test_a_level_called_missing_is_not_confused_with_missing_values():
    table = pd.DataFrame({"c": ["missing", None, "b"]})
    assert encode(table, {"c": CATEGORICAL}) == {"c = missing": [1, 0, 0]}
    with pytest.raises(DataError, match="has missing values and also a value 'missing'"):
        encode(table, {"c": CATEGORICAL}, missing_as_feature=True)


def test_both_levels_mirror_each_other():
    table = pd.DataFrame({"sex": ["m", "f", None], "c": ["a", "b", "c"]})
    columns = (Column("sex", CATEGORICAL), Column("c", CATEGORICAL))
    encoder = TableEncoder(columns, both_levels=True).fit(table)
    assert encoder.features_[:3] == (
        Feature("sex = f", "sex", "f", mirror_of="sex = m"),
        Feature("sex = m", "sex", "m"),
        Feature("c = a", "c", "a"),
    )
    assert encoder.transform(table)[["sex = f", "sex = m"]].to_numpy().tolist() == [
        [0, 1],
        [1, 0],
        [0, 0],
    ]


@pytest.mark.parametrize(
    "values",
    [
        [True, False, True],
        pd.Series([True, False, True], dtype=object),
        pd.array([True, False, None], dtype="boolean"),
        pd.Series([True, False, None], dtype=object),
    ],
)
def test_booleans_are_one_number_named_as_the_column(values):
    table = pd.DataFrame({"flag": values, "y": [0, 1, 0]})
    encoder = TableEncoder(make_task(table, "y", 1).columns)
    encoded = encoder.fit(table).transform(table)
    assert list(encoded) == ["flag"]
    last = 0.5 if table["flag"].isna().any() else 1
    assert encoded["flag"].tolist() == [1, 0, last]


def test_levels_of_the_same_text_are_one():
    table = pd.DataFrame({"c": [1, 1.0, "1 ", " x", "x", 2.5]}, dtype=object)
    assert encode(table, {"c": CATEGORICAL}) == {
        "c = 1": [1, 1, 1, 0, 0, 0],
        "c = 2.5": [0, 0, 0, 0, 0, 1],
        "c = x": [0, 0, 0, 1, 1, 0],
    }


def test_a_single_level_is_one_flag():
    assert encode(pd.DataFrame({"c": ["a", None]}), {"c": CATEGORICAL}) == {"c = a": [1, 0]}


def test_another_table_is_encoded_by_what_was_learned():
    columns = (Column("n", NUMERIC), Column("c", CATEGORICAL), Column("i", IGNORE))
    encoder = TableEncoder(columns).fit(pd.DataFrame({"n": [1, 2, 6], "c": ["a", "b", "c"]}))
    new = pd.DataFrame({"c": ["unseen", "c", None, 7], "n": [None, "x", "5", np.inf], "more": 1})
    with pytest.warns(UserWarning, match="holds? no number"):
        encoded = encoder.transform(new)
    assert list(encoded) == ["n", "c = a", "c = b", "c = c"]
    assert encoded.to_numpy().tolist() == [[2, 0, 0, 0], [2, 0, 0, 1], [5, 0, 0, 0], [2, 0, 0, 0]]


UNKNOWN = {
    "n": (
        [None, "x", "5", np.inf, "12,5"],
        "'n': 3 cells hold no number ('x', 'inf', '12,5'); the median 2 is taken instead",
    ),
    "c": (
        ["unseen", "c", None, " a", "new"],
        "'c': 2 cells have a level that was not there in fit ('unseen', 'new'); they count as no "
        "level",
    ),
    "d": (
        ["no", "yes", "Yes", None, ""],
        "'d': 1 cell has a level that was not there in fit ('Yes'); it counts as no level",
    ),
    "b": ([1, True, "maybe", 0, None], "'b': 1 cell holds no number ('maybe'); the median"),
}


@pytest.fixture
def fitted():
    table = pd.DataFrame(
        {
            "n": [1, 2, 6],
            "c": ["a", "b", "c"],
            "d": ["no", "yes", "no"],
            "b": [0, 1, 1],
        }
    )
    roles = {"n": NUMERIC, "c": CATEGORICAL, "d": CATEGORICAL, "b": NUMERIC}
    return TableEncoder(tuple(Column(name, role) for name, role in roles.items())).fit(table), table


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_fit_did_not_see_is_warned_of_with_counts(fitted, name):
    encoder, table = fitted
    cells, sentence = UNKNOWN[name]
    new = (
        pd.concat([table, table], ignore_index=True)
        .head(5)
        .assign(**{name: pd.Series(cells, dtype=object)})
    )
    with pytest.warns(UserWarning, match="cells? h") as caught:
        encoder.transform(new)
    assert [str(w.message)[: len(sentence)] for w in caught] == [sentence]
    assert caught[0].filename == __file__


def test_all_that_is_unknown_is_one_warning_or_one_error_or_nothing(fitted):
    encoder, _ = fitted
    new = pd.DataFrame({name: pd.Series(cells) for name, (cells, _) in UNKNOWN.items()})
    with pytest.warns(UserWarning, match="cells? h") as caught:
        warned = encoder.transform(new)
    assert len(caught) == 1
    quiet = clone(encoder).set_params(handle_unknown="ignore").fit(fitted[1])
    pd.testing.assert_frame_equal(quiet.transform(new), warned)
    strict = clone(encoder).set_params(handle_unknown="error").fit(fitted[1])
    with pytest.raises(DataError, match=r"'n': 3 .*; 'c': 2 .*; 'd': 1 .*; 'b': 1 ") as raised:
        strict.transform(new)
    assert str(caught[0].message) in str(raised.value)
    assert "handle_unknown='warn'" in str(raised.value)


def test_rows_seen_in_fit_and_missing_cells_are_quiet(fitted):
    encoder, table = fitted
    strict = clone(encoder).set_params(handle_unknown="error")
    pd.testing.assert_frame_equal(strict.fit_transform(table), encoder.transform(table))
    strict.transform(table.astype(object).where(lambda cells: cells == 0, None))
    flagged = clone(strict).set_params(missing_as_feature=True)
    flagged.fit(table).transform(table.assign(c=[None, "a", " "]))


def test_many_unknown_levels_are_cut_short(fitted):
    encoder, _ = fitted
    new = pd.DataFrame({"n": 1, "c": [f"level {i}" for i in range(2000)], "d": "no", "b": 1})
    with pytest.warns(UserWarning, match=r"2,000 cells .*'level 4' and 1995 more\)"):
        encoder.transform(new)


def test_text_in_a_numeric_column_is_named_in_fit_transform_too():
    table = pd.DataFrame({"n": [1, "?", 3]})
    with pytest.warns(UserWarning, match=r"'n': 1 cell holds no number \('\?'\)"):
        TableEncoder((Column("n", NUMERIC),)).fit_transform(table)


@pytest.mark.parametrize("handling", ["raise", None, True])
def test_an_unknown_way_to_handle_unknown_cells_is_refused(handling):
    encoder = TableEncoder((Column("n", NUMERIC),), handle_unknown=handling)
    with pytest.raises(DataError, match="Use 'warn', 'error' or 'ignore'"):
        encoder.fit(pd.DataFrame({"n": [1]}))


def test_a_doubled_index_does_not_mix_up_rows():
    table = pd.DataFrame({"n": [1.0, None, 3], "c": ["a", "b", "c"]}, index=[9, 9, 9])
    columns = (Column("n", NUMERIC), Column("c", CATEGORICAL))
    encoded = TableEncoder(columns).fit(table).transform(table)
    assert encoded.index.tolist() == [9, 9, 9]
    assert encoded.to_numpy().tolist() == [[1, 1, 0, 0], [2, 0, 1, 0], [3, 0, 0, 1]]


def test_the_median_of_huge_numbers_is_finite():
    assert median(pd.Series([1.7e308, 1.6e308])) == pytest.approx(1.65e308)
    assert median(pd.Series([-1.7e308, 1.7e308])) == 0


@pytest.mark.parametrize(
    ("table", "roles", "said"),
    [
        ({"a": [1]}, {"a": IGNORE}, "No column is left"),
        ({"a": [1]}, {}, "No column is left"),
        ({"a": [1]}, {"b": NUMERIC}, "no column 'b'"),
        ({"a": ["x", None]}, {"a": NUMERIC}, "'a' holds no numbers"),
        ({"a": [np.inf, -np.inf]}, {"a": NUMERIC}, "'a' holds no numbers"),
        ({"a": [None, " "]}, {"a": CATEGORICAL}, "'a' has no values"),
        ({"a": range(51)}, {"a": CATEGORICAL}, "'a' has 51 different values.* at most 50"),
        (
            {"a": ["b = c", "d"], "a = b": ["c", "x"]},
            {"a": CATEGORICAL, "a = b": CATEGORICAL},
            None,
        ),
        (
            {"a": ["b = c", "d", "e"], "a = b": ["c", "x", "y"]},
            {"a": CATEGORICAL, "a = b": CATEGORICAL},
            "Two features would be named 'a = b = c'",
        ),
        (
            {"a": ["b", "c", "d"], "a = b": [1, 2, 3]},
            {"a": CATEGORICAL, "a = b": NUMERIC},
            "Two features would be named 'a = b'",
        ),
    ],
)
def test_what_cannot_be_encoded_is_said(table, roles, said):
    if said is None:
        assert len(encode(pd.DataFrame(table), roles)) == 2
        return
    with pytest.raises(DataError, match=said):
        encode(pd.DataFrame(table), roles)


def test_a_table_without_a_learned_column_is_refused():
    encoder = TableEncoder((Column("a", NUMERIC),)).fit(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(DataError, match="no column 'a'"):
        encoder.transform(pd.DataFrame({"b": [1]}))


def test_scikit_learn_conventions():
    encoder = TableEncoder((Column("a", NUMERIC),), both_levels=True)
    assert clone(encoder).get_params() == encoder.get_params()
    with pytest.raises(NotFittedError):
        encoder.transform(pd.DataFrame({"a": [1]}))
    with pytest.raises(NotFittedError):
        encoder.get_feature_names_out()


# Bundled tables


@pytest.mark.parametrize(
    ("name", "n_features"),
    [("heart", 22), ("diabetes", 8), ("south_german_credit", 68), ("credit", 59), ("adult", 46)],
)
def test_features_are_those_of_the_recorded_proposal_in_its_order(name, n_features):
    task, proposal = load_dataset(name), load_proposal(name)
    names = TableEncoder(task.columns).fit(task.labelled).get_feature_names_out()
    assert len(names) == n_features
    assert tuple(names) == proposal.scores.features


@pytest.mark.slow
@pytest.mark.parametrize("name", dataset_names())
def test_the_encoding_equals_an_independent_one(name):
    task = load_dataset(name)
    table = task.labelled
    encoder = TableEncoder(task.columns, both_levels=True)
    encoded = encoder.fit(table).transform(table)
    for column in task.columns:
        names = [f.name for f in encoder.features_ if f.column == column.name]
        if column.role is IGNORE:
            assert names == []
            continue
        if column.role is NUMERIC:
            values = table[column.name].astype(float)
            expected = np.where(values.isna(), np.nanmedian(values), values)[:, None]
            assert names == [column.name]
        else:
            flags = pd.get_dummies(table[column.name], dtype=float)
            expected = flags.to_numpy()
            assert names == [f"{column.name} = {level}" for level in flags]
        np.testing.assert_array_equal(encoded[names], expected)


def test_unseen_levels_as_in_scikit_learn():
    table = load_dataset("credit").labelled
    categories = [c for c in load_dataset("credit").columns if c.role is CATEGORICAL]
    names = [c.name for c in categories]
    train, test = table.iloc[:15], table.iloc[15:]
    encoder = TableEncoder(tuple(categories), both_levels=True, handle_unknown="ignore")
    ours = encoder.fit(train).transform(test)
    theirs = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(train[names])
    np.testing.assert_array_equal(ours, theirs.transform(test[names]))


# Properties

CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", " ", "a", "b", "1", "1.0", "missing", "x = a", "inf", "?", "ü\n"]),
    st.decimals(allow_nan=False),
    st.dates(),
    st.lists(st.integers(), max_size=1),
)
COLUMN = st.one_of(
    st.lists(CELL, min_size=6, max_size=6),
    *(
        st.lists(st.one_of(st.none(), kind), min_size=6, max_size=6)
        for kind in (st.booleans(), st.integers(), st.floats(), st.text(max_size=3))
    ),
)
NAMES = ["x", "x = a", "id", "**b**", "ü\n", ""]


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), COLUMN), min_size=1, max_size=4),
    st.lists(st.sampled_from(list(Role)), min_size=6, max_size=6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_any_table_is_encoded_in_finite_numbers_or_refused(
    columns, roles, suggested, both_levels, missing
):
    table = pd.DataFrame(dict(columns), index=[0, 0, 1, 2, 2, 3]).assign(y=[0, 1, 0, 1, 0, 1])
    task = make_task(table, "y", 1)
    chosen = (
        task.columns
        if suggested
        else tuple(Column(c.name, role) for c, role in zip(task.columns, roles, strict=False))
    )
    encoder = TableEncoder(chosen, both_levels, missing, handle_unknown="ignore")
    try:
        encoded = encoder.fit(task.labelled).transform(task.labelled)
    except LaatError:
        return
    assert encoded.shape == (6, len(encoder.features_))
    assert (encoded.dtypes == np.float64).all()
    assert np.isfinite(encoded.to_numpy()).all()
    pd.testing.assert_frame_equal(encoder.transform(table), encoded)


@given(st.lists(st.sampled_from(["a", "b ", " c", None, "", 1, 1.5]), min_size=1, max_size=20))
def test_each_row_has_the_flag_of_its_level_and_no_other(cells):
    table = pd.DataFrame({"c": pd.Series(cells, dtype=object)})
    options = {"both_levels": True, "missing_as_feature": True}
    try:
        encoded = encode(table, {"c": CATEGORICAL}, **options)
    except DataError:
        assert all(cell is None or cell == "" for cell in cells)
        return
    for row, cell in enumerate(cells):
        text = str(cell).strip() if cell not in (None, "") else "missing"
        assert {name for name, flags in encoded.items() if flags[row]} == {f"c = {text}"}


def test_other_kinds_of_cells():
    table = pd.DataFrame(
        {
            "decimal": [Decimal("1.5"), None, Decimal(3)],
            "date": [dt.date(2020, 1, 1), None, dt.date(2021, 1, 1)],
            "category": pd.Categorical([3, 1, None], categories=[3, 2, 1]),
        }
    )
    roles = {"decimal": NUMERIC, "date": CATEGORICAL, "category": CATEGORICAL}
    assert encode(table, roles) == {
        "decimal": [1.5, 2.25, 3],
        "date = 2021-01-01": [0, 0, 1],
        "category = 3": [1, 0, 0],
    }
    with pytest.raises(DataError, match="'date' holds no numbers"):
        encode(table, {"date": NUMERIC})


def test_a_doubled_column_is_refused():
    table = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    for role in (NUMERIC, CATEGORICAL):
        with pytest.raises(DataError, match="stand more than once: a"):
            TableEncoder((Column("a", role),)).fit(table)


def test_ordered_and_date_columns_are_one_number_each():
    table = pd.DataFrame(
        {
            "pain": ["severe", "none", None, "mild", "unknown"],
            "born": ["2000-01-01", "1990-01-01", "soon", None, "2010-01-01"],
            "who": [1, 1, 2, 2, 3],
        }
    )
    columns = (
        Column("pain", Role.ORDERED, order=("none", "mild", "severe")),
        Column("born", Role.DATE, reference="2010-01-01"),
        Column("who", Role.GROUP),
    )
    encoder = TableEncoder(columns, both_levels=True, missing_as_feature=True).fit(table)
    assert encoder.features_ == (Feature("pain", "pain"), Feature("born", "born"))
    said = "'pain': 1 cell holds no level of the order .*; 'born': 1 cell holds no date"
    with pytest.warns(UserWarning, match=said):
        encoded = encoder.transform(table)
    assert encoded["pain"].tolist() == [2, 0, 1, 1, 1]
    years = [3653 / 365.25, 7305 / 365.25, 0]
    assert encoded["born"].tolist() == pytest.approx(
        [years[0], years[1], years[0], years[0], years[2]]
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (Column("x", Role.ORDERED), "no order yet"),
        (Column("x", Role.ORDERED, order=("a", "b")), "has none of the levels of its order"),
        (Column("x", Role.DATE), "no reference date"),
        (Column("x", Role.DATE, reference="2020-01-01"), "holds no dates"),
    ],
)
def test_what_ordered_and_date_columns_need_is_said(column, said):
    with pytest.raises(DataError, match=said):
        TableEncoder((column,)).fit(pd.DataFrame({"x": ["low", "high"]}))


def test_a_group_column_alone_is_nothing_to_learn_from():
    with pytest.raises(DataError, match="No column is left to learn from"):
        TableEncoder((Column("x", Role.GROUP),)).fit(pd.DataFrame({"x": [1, 2]}))


@pytest.mark.parametrize(
    ("dates", "month", "day"),
    [(["12/31/2023", "03/04/2024"], 3, 4), (["31/12/2023", "03/04/2024"], 4, 3)],
)
def test_a_date_is_read_as_those_that_were_learned_from(dates, month, day):
    column = Column("seen", Role.DATE, reference="2024-12-31")
    encoder = TableEncoder((column,)).fit(pd.DataFrame({"seen": dates}))
    expected = (dt.date(2024, 12, 31) - dt.date(2024, month, day)).days / 365.25
    for cells in (["03/04/2024"], [dt.date(2024, month, day)], [pd.Timestamp(2024, month, day)]):
        encoded = encoder.transform(pd.DataFrame({"seen": cells}, index=[7]))
        assert encoded["seen"].to_dict() == pytest.approx({7: expected})
