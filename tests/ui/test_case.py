import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Role, load_dataset
from laat_core.errors import DataError
from laat_core.evaluate.case import case_of_row, explain_case, moving_sliders, typical_case
from laat_core.scores.certainty import UNSURE
from laat_core.store.database import Database
from laat_core.store.projects import Projects
from ui.case import MOST_SLIDERS, CaseView
from ui.state import AppState


@pytest.fixture
def case():
    return CaseView()


@pytest.fixture
def findings(state, finished):
    return finished(state).found


def do(case, state, what, **about):
    case.obey(state, {"kind": "case", "what": what, **about})


def by_name(shown):
    return {column["name"]: column for column in shown["columns"]}


def asked(case, state, findings):
    """Ask on until the sliders have been tried."""
    until = time.monotonic() + 60
    while (shown := case.contents(state, findings))["work"] is not None:
        assert time.monotonic() < until
    return shown


def test_without_a_row_nothing_is_shown(state, case, findings):
    assert case.contents(state, findings) is None
    do(case, state, "open")
    do(case, state, "close")
    assert case.contents(state, findings) is None


def test_the_first_row_is_opened_with_its_values_and_what_it_really_is(state, case, findings):
    do(case, state, "open")
    shown = case.contents(state, findings)
    row = state.task.table.iloc[0]
    assert (shown["position"], shown["n_rows"]) == (1, len(state.task.table))
    assert by_name(shown)["age"]["value"] == f"{row['age']:g}"
    assert by_name(shown)["sex"]["value"] == row["sex"]
    really = "heart disease" if row["heart_disease"] == "yes" else "no heart disease"
    assert shown["label"] == f", really {really}"


@pytest.mark.parametrize(("wanted", "position"), [(-5, 1), (0, 1), (7, 7), (10**9, 303), (2.9, 2)])
def test_a_row_outside_the_table_is_the_nearest_one(state, case, wanted, position):
    do(case, state, "row", position=wanted)
    assert case.position == position
    assert case.values == case_of_row(state.task, position - 1)


def test_what_is_shown_is_what_the_core_computed(state, case, findings):
    do(case, state, "row", position=5)
    shown = case.contents(state, findings)
    result = explain_case(findings.experiment, findings.comparison, case.values)
    for model, answer in zip(shown["models"], (result.laat, result.baseline), strict=True):
        assert model["probability"] == answer.probability
        assert (model["low"], model["high"]) == (answer.low, answer.high)
        assert model["usual"] == answer.usual_probability
    for key, answer in (("laat", result.laat), ("baseline", result.baseline)):
        added = sum(column[key] for column in shown["columns"])
        assert added == pytest.approx(answer.logit - answer.usual_logit, abs=1e-9)
    age = by_name(shown)["age"]
    assert age["laat"] == result.laat.contributions[result.features.index("age")]
    assert age["without"] == result.laat.without[result.columns.index("age")]


def test_a_column_of_many_levels_adds_what_all_its_levels_add(state, case, findings):
    do(case, state, "row", position=5)
    shown = by_name(case.contents(state, findings))["chest_pain"]
    result = explain_case(findings.experiment, findings.comparison, case.values)
    levels = [i for i, name in enumerate(result.features) if name.startswith("chest_pain")]
    assert shown["laat"] == pytest.approx(result.laat.contributions[levels].sum())
    assert shown["without"] == result.laat.without[result.columns.index("chest_pain")]
    assert "asymptomatic" in shown["levels"]


def test_the_usual_case_is_that_of_the_core(state, case, findings):
    do(case, state, "usual")
    assert case.values == typical_case(state.task)
    shown = case.contents(state, findings)
    assert (shown["position"], shown["label"]) == (None, ", typed")


def test_a_typed_value_makes_another_row_of_it(state, case, findings):
    do(case, state, "open")
    before = case.contents(state, findings)
    do(case, state, "value", column="age", value=" 29 ")
    shown = case.contents(state, findings)
    assert by_name(shown)["age"]["value"] == "29"
    assert shown["position"] is None
    assert shown["models"] != before["models"]


def test_an_emptied_value_is_missing_and_that_is_said(state, case, findings):
    do(case, state, "open")
    do(case, state, "value", column="age", value=" ")
    shown = case.contents(state, findings)
    assert by_name(shown)["age"]["value"] == ""
    assert "'age' is missing" in shown["remarks"][0]


@pytest.mark.parametrize("value", ["old", "1e999", "1e200", "<b>", "٣x"])
def test_a_value_that_cannot_be_used_is_a_sentence_and_the_row_stays(state, case, findings, value):
    do(case, state, "open")
    do(case, state, "value", column="age", value=value)
    shown = case.contents(state, findings)
    assert "'age'" in shown["problem"]
    assert shown["models"] == []
    assert by_name(shown)["age"]["value"] == value


def test_a_column_that_is_none_is_refused(state, case):
    with pytest.raises(DataError, match="No column"):
        do(case, state, "value", column="nothing", value="1")


def test_before_the_models_are_there_the_values_are(state, case):
    do(case, state, "open")
    shown = case.contents(state, None)
    assert shown["models"] == []
    assert by_name(shown)["sex"]["value"]


@pytest.mark.slow
def test_the_slider_that_moves_the_row_most_is_the_cores(state, case, findings):
    do(case, state, "open")
    assert case.contents(state, findings)["sliders"] is None
    do(case, state, "sliders")
    shown = asked(case, state, findings)
    changes = moving_sliders(findings.experiment, state.scores, 100.0, case.values)
    expected = sorted(changes.values(), key=abs, reverse=True)[:MOST_SLIDERS]
    assert [one["change"] for one in shown["sliders"]] == pytest.approx(expected)


@pytest.mark.slow
def test_sliders_are_tried_with_scores_held_as_loosely_as_they_are(state, case, findings):
    state.settings.gamma = 3.0
    state.kept.doubt(["age"])
    do(case, state, "open")
    do(case, state, "sliders")
    shown = asked(case, state, findings)
    changes, firm = (
        moving_sliders(findings.experiment, state.scores, 3.0, case.values, feature_trust=trust)
        for trust in ({"age": UNSURE}, None)
    )
    assert abs(changes["age"]) < abs(firm["age"])
    expected = sorted(changes.values(), key=abs, reverse=True)[:MOST_SLIDERS]
    assert [one["change"] for one in shown["sliders"]] == pytest.approx(expected)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["score", "value", "settings", "mark"])
def test_what_the_sliders_do_is_of_this_row_these_scores_and_settings(
    state, case, findings, finished, what
):
    do(case, state, "open")
    do(case, state, "sliders")
    assert asked(case, state, findings)["sliders"]
    if what == "score":
        state.edit_scores({"age": -9}, "move")
    elif what == "value":
        do(case, state, "value", column="age", value="29")
    elif what == "mark":
        state.kept.unuse(["age"])
    else:
        state.settings.shots = 3
    assert case.contents(state, finished(state).found)["sliders"] is None


@pytest.mark.slow
def test_the_slider_of_what_is_not_used_moves_nothing(state, case, finished):
    state.kept.unuse(["age"])
    findings = finished(state).found
    do(case, state, "open")
    do(case, state, "sliders")
    assert asked(case, state, findings)["sliders"]
    changes = moving_sliders(state.experiment(), state.scores, 100.0, case.values)
    assert changes["age"] == pytest.approx(0, abs=1e-9)
    assert max(map(abs, changes.values())) > 0.001


@pytest.mark.parametrize("what", ["close", "value"])
def test_a_trial_that_nobody_waits_for_is_ended(state, case, findings, monkeypatch, what):
    entered, go, ended = threading.Event(), threading.Event(), threading.Event()
    told = []

    def slow(*_, feature_trust, on_progress):  # noqa: ARG001
        try:
            entered.set()
            assert go.wait(30)
            on_progress(0.5)
            told.append("went on")
            return {}
        finally:
            ended.set()

    monkeypatch.setattr("ui.case.moving_sliders", slow)
    monkeypatch.setattr("ui.training.PATIENCE", 0.0)
    do(case, state, "open")
    do(case, state, "sliders")
    case.contents(state, findings)
    assert entered.wait(30)
    do(case, state, what, column="age", value="29")
    case.contents(state, findings)
    go.set()
    assert ended.wait(30)
    assert told == []


def test_the_answer_of_the_last_models_is_shown_while_others_are_trained(state, case, finished):
    state.settings.protocol = "paper"  # a feature for each of two levels
    findings = finished(state).found
    do(case, state, "open")
    before = case.contents(state, findings)
    state.settings.protocol = "default"
    assert case.contents(state, findings)["models"] == before["models"]
    state.settings.shots = 500  # impossible
    assert case.contents(state, findings)["models"] == before["models"]


def test_an_ignored_column_is_not_asked_for(state, case, finished):
    do(case, state, "open")
    column = state.task.column("age")
    state.change_task(state.task.with_columns(type(column)("age", Role.IGNORE)))
    shown = case.contents(state, finished(state).found)
    assert "age" not in by_name(shown)
    assert shown["problem"] == ""


def test_a_row_without_a_label_says_so(projects, case):
    task = load_dataset("heart")
    table = task.table.astype({"heart_disease": object})
    table.loc[0, "heart_disease"] = None
    state = AppState.bundled(projects, "heart")
    state.open(type(task)(**{**vars_of(task), "table": table}))
    do(case, state, "open")
    assert case.contents(state, None)["label"] == ", without a label"


def vars_of(task):
    return {name: getattr(task, name) for name in task.__dataclass_fields__}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('case') / 'projects.db'}"
    with Database(url) as database:
        state = AppState.bundled(Projects(database), "heart")
        state.settings.n_splits = 2
        while (outcome := state.outcome()).share is not None:
            pass
        yield state, outcome.found


@pytest.mark.slow
@given(st.sampled_from(["age", "sex", "thallium_scan"]), st.text(max_size=20))
def test_whatever_is_typed_there_is_an_answer_or_a_sentence(trained, column, value):
    state, findings = trained
    case = CaseView()
    do(case, state, "open")
    do(case, state, "value", column=column, value=value)
    shown = case.contents(state, findings)
    assert bool(shown["problem"]) is not bool(shown["models"])
    assert all(0 <= model["probability"] <= 1 for model in shown["models"])
