import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laat_core import ImportanceScores, Role, load_dataset, make_task
from laat_core.evaluate.conflicts import conflicts
from tests.instrument import aucs, rows, said
from ui.case import CaseView
from ui.instrument.contents import MANY_LEVELS, contents
from ui.instrument.messages import obey
from ui.settings import GAMMAS
from ui.state import AppState
from ui.training import Outcome

HOSTILE = [
    "</script><script>x",
    "*a* [b](c) $d$ `e`",
    "\u202eright to left",
    "a = b",
    '"',
    "🎚️ 日本",
]


@pytest.fixture
def look(state, finished):
    """What is drawn of the state as it stands, once its models are trained."""

    def look(state=state, case=None):
        return contents(state, finished(state), case or CaseView())

    return look


def of(data, name):
    return next(row for row in rows(data) if row["name"] == name)


# What the core computed


def test_numbers_of_every_feature_are_the_cores(state, look, finished):
    data, comparison = look(), finished(state).found.comparison
    vectors = {
        "weight": comparison.target,
        "laat": comparison.laat.attributions.mean(axis=0),
        "baseline": comparison.baseline.attributions.mean(axis=0),
    }
    for key, vector in vectors.items():
        expected = dict(zip(comparison.features, vector.tolist(), strict=True))
        assert {row["name"]: row[key] for row in rows(data)} == expected
    largest = max(np.abs(vector).max() for vector in vectors.values())
    assert data["result"]["scale"] == largest


def test_cards_and_curves_are_the_cores(state, look, finished):
    result, comparison = look()["result"], finished(state).found.comparison
    assert aucs({"result": result}) == {
        name: f"{100 * model.auc_mean:.1f}" for name, model in comparison.models.items()
    }
    for curve in result["roc"]["curves"]:
        model = comparison.models[curve["key"]]
        assert curve["rates"] == model.roc_mean.round(4).tolist()
        if "low" in curve:
            assert [curve["low"], curve["high"]] == model.roc_band.round(4).tolist()
    assert {curve["key"] for curve in result["roc"]["curves"] if "low" in curve} == {
        "laat",
        "baseline",
    }


def test_the_difference_is_paired_and_counts_the_splits(state, look, finished):
    card, comparison = look()["result"]["cards"][-1], finished(state).found.comparison
    difference = 100 * (comparison.laat.auc - comparison.baseline.auc)
    assert float(card["value"].replace("−", "-")) == pytest.approx(difference.mean(), abs=0.05)
    low, high = (f"{100 * end:+.1f}" for end in comparison.difference_interval)
    assert card["aside"] == (
        f"95 % interval {low} to {high}, ahead in {(difference > 0).sum()} of 20 splits"
    )


def test_one_split_has_neither_spread_nor_band(state, look):
    state.settings.n_splits = 1
    result = look()["result"]
    assert {card["aside"] for card in result["cards"]} == {""}
    assert not any("low" in curve for curve in result["roc"]["curves"])
    assert "of one split" in said(result["rows"])


def test_the_rows_alone_are_the_evidence_of_the_first_split(state, look, finished):
    evidence = finished(state).found.experiment.evidence
    known = dict(
        zip(
            evidence.features,
            zip(evidence.correlation, evidence.low, evidence.high, strict=True),
            strict=True,
        )
    )
    for row in rows(look()):
        expected = known[row["name"]]
        assert row["rows"] == (None if None in expected else expected)
        assert f"{evidence.n_rows} training rows of the first split" in row["evidence"]


def test_a_feature_that_is_the_same_in_all_training_rows_is_no_evidence(state, look):
    state.settings.shots = 1
    same = [row for row in rows(look()) if "nothing, as it is the same" in row["evidence"]]
    assert same
    assert all(row["rows"] is None for row in same)


def test_conflicts_are_the_cores_and_say_with_how_many_rows(state, look, finished):
    state.settings.shots = 40
    state.edit_scores({"age": -9, "st_depression": -9}, "move")
    found = finished(state).found
    expected = conflicts(found.experiment, state.scores, found.comparison, state.original)
    data = look()
    assert {row["name"]: row["disagreement"] for row in rows(data) if row["disagreement"]} == {
        name: len(kinds) for name, kinds in expected.items()
    }
    told = of(data, "st_depression")["conflicts"]
    assert "The rows say the opposite, with 80 rows of evidence." in told
    assert "The proposal says the opposite." in told


def test_counts_and_sentence_are_of_this_table(look):
    result = look()["result"]
    assert "trained on 5 with heart disease and 5 with no heart disease" in said(result["rows"])
    assert "heart disease above one with no heart disease" in said(result["sentence"])


# Scores, proposals and edits


def test_a_row_has_score_proposal_spread_and_reasons(state, look):
    proposal = state.proposal.scores
    for row in rows(look()):
        name = row["name"]
        assert row["score"] == row["original"] == row["proposed"] == proposal.score(name)
        assert row["spread"] == proposal.spread(name)
        assert set(row["reasons"]) == set(proposal.reasons[proposal.features.index(name)])
        assert (row["edited"], row["locked"], row["why"]) == (False, False, "")
        assert row["origin"] == "Proposed"


def test_an_edited_row_says_why_and_keeps_the_mark_of_the_proposal(state, look):
    proposed = state.original.score("age")
    state.edit_scores({"age": -9}, "move", "I know")
    state.project.lock(["sex = male"])
    row = of(look(), "age")
    assert (row["score"], row["proposed"], row["edited"]) == (-9, proposed, True)
    assert row["why"] == "I know"
    assert of(look(), "sex = male")["locked"]


def test_without_a_proposal_there_is_no_mark(projects, look):
    state = AppState.bundled(projects, "wine")
    for row in rows(look(state)):
        assert (row["score"], row["proposed"], row["spread"]) == (0, None, None)


def test_scores_of_a_file_are_named_after_it(state, look):
    scores = ImportanceScores.from_mapping(dict.fromkeys(state.feature_names, 2.0), "mine.csv")
    state.use(state.add_expert("mine.csv", scores))
    assert {row["origin"] for row in rows(look())} == {"mine.csv"}


def test_undo_and_redo_say_what_they_would_do(state, look):
    state.edit_scores({"age": 1}, "move")
    assert look()["undo"] == "age: +5.2 → +1"
    assert look()["redo"] == ""
    state.project.undo()
    assert look()["redo"] == "age: +5.2 → +1"


def test_trust_has_a_stop_for_every_gamma(state, look):
    state.settings.gamma = 3.0
    gamma = look()["gamma"]
    assert len(gamma["stops"]) == len(GAMMAS)
    assert gamma["stops"][gamma["position"]] == "3"


@pytest.mark.slow
def test_automatic_trust_says_what_came_of_it(state, look, finished):
    assert look()["gamma"]["found"] == ""
    state.settings.gamma = "auto"
    shown, gammas = look()["gamma"], finished(state).found.comparison.gammas
    assert shown["stops"][shown["position"]] == "auto · read off the rows"
    assert shown["found"] == (
        f"Trust read off the training rows: γ {np.median(gammas):.0f} in the median split "
        f"({gammas.min():.0f} to {gammas.max():.0f})"
    )
    state.edit_scores(dict.fromkeys(state.feature_names, 0.0), "zero")
    assert look()["gamma"]["found"] == ""


def test_a_doubted_feature_says_that_it_is_held_loosely(state, look, finished):
    state.kept.doubt(["age"])
    row = of(look(), "age")
    assert row["doubted"]
    assert row["loose"]
    assert row["held"] == (
        "Held loosely, at 10 % of the usual strength, because its score is marked as unsure."
    )
    assert finished(state).found.comparison.feature_trust == {"age": 0.1}
    assert of(look(), "cholesterol")["held"] == ""
    state.settings.loosen = True
    apart = of(look(), "chest_pain = typical angina")
    assert not apart["doubted"]
    assert not apart["loose"]
    assert "a little less firmly" in apart["held"]
    assert "because its estimates lie apart" in apart["held"]


def test_a_feature_that_is_not_used_has_no_weight_no_conflict_and_says_so(state, look, finished):
    state.settings.shots = 40
    state.edit_scores({"st_depression": -9}, "move")
    assert of(look(), "st_depression")["conflicts"]
    state.kept.unuse(["st_depression"])
    state.settings.loosen = True
    row = of(look(), "st_depression")
    assert (row["unused"], row["doubted"], row["loose"]) == (True, False, False)
    assert (row["score"], row["weight"], row["conflicts"]) == (-9, 0, [])
    assert abs(row["laat"]) < 0.05 < row["baseline"]
    assert row["held"].startswith("Not used: the score counts as 0")
    assert not of(look(), "age")["unused"]
    comparison = finished(state).found.comparison
    assert comparison.recipe.not_used == ("st_depression",)
    told = said(look()["result"]["sentence"])
    assert told.startswith("With these scores and one feature not used, the model ranks")
    assert (
        f"without scores, and with all features, {100 * comparison.baseline.auc_mean:.0f}" in told
    )


@pytest.mark.parametrize("why", ["trust", "zeros", "only scores that do not count"])
def test_without_scores_the_model_is_not_the_baseline_where_something_is_not_used(
    state, look, finished, why
):
    state.kept.unuse(["age", "vessels_colored"])
    rest = [name for name in state.feature_names if name not in state.project.history.unused]
    if why == "trust":
        state.settings.gamma = 0.0
    else:
        state.edit_scores(
            dict.fromkeys(state.feature_names if why == "zeros" else rest, 0.0), "zero"
        )
    comparison = finished(state).found.comparison
    laat, baseline = comparison.laat.auc_mean, comparison.baseline.auc_mean
    assert laat != baseline
    told = said(look()["result"]["sentence"])
    assert "the LAAT model is the baseline, kept from deciding by 2 features." in told
    assert told.startswith(
        "Trust is 0" if why == "trust" else "No score that counts differs from 0"
    )
    assert told.endswith(
        f"{100 * laat:.0f} times in 100; the baseline, which may use all, {100 * baseline:.0f}."
    )


# Columns and their levels


def test_levels_of_a_column_are_one_group_in_the_order_of_the_table(state, look):
    data = look()
    assert [row["name"] for row in rows(data)] == state.feature_names
    chest_pain = next(c for c in data["columns"] if c["label"] == "Chest pain")
    assert len(chest_pain["features"]) == 4
    assert chest_pain["open"]
    assert [row["label"] for row in chest_pain["features"]] == [
        name.removeprefix("chest_pain = ")
        for name in state.feature_names
        if name.startswith("chest_pain")
    ]


def test_a_number_and_a_flag_are_groups_of_one(look):
    alone = [column for column in look()["columns"] if len(column["features"]) == 1]
    titles = {column["features"][0]["title"] for column in alone}
    assert {"Age", "Sex = male"} <= titles


def test_a_column_with_many_levels_opens_on_request(state, look):
    n = MANY_LEVELS + 2
    table = pd.DataFrame({"town": [f"t{i % n}" for i in range(60)], "y": ["no", "yes"] * 30})
    state.open(make_task(table, "y", "yes"))
    (column,) = look(state)["columns"]
    assert not column["open"]
    assert len(column["features"]) == n


def test_words_of_a_column_are_told(look):
    assert of(look(), "age")["description"] == "Age of the patient (years)"


def test_an_order_and_a_reference_date_are_told(state, look):
    column = state.task.column("chest_pain")
    order = ("asymptomatic", "non-anginal pain", "atypical angina", "typical angina")
    ordered = replace(column, role=Role.ORDERED, order=order, description="Pain")
    state.change_task(state.task.with_columns(ordered))
    assert of(look(), "chest_pain")["description"] == f"Pain · {' < '.join(order)}"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_words_come_through_as_they_are(state, look, name):
    table = pd.DataFrame(
        {
            name: [1.0, 2.0, 3.0, 4.0] * 5,
            "level": [name, "b", name, "c"] * 5,
            "y": ["no", "yes"] * 10,
        }
    )
    task = make_task(table, "y", "yes")
    column = replace(task.column("level"), label=name, description=name)
    state.open(replace(task.with_columns(column), class_labels={"yes": name, "no": name * 50}))
    data = json.loads(json.dumps(look(state)))
    assert data["outcome"] == name
    assert rows(data)[0]["title"] == name
    assert data["columns"][1]["label"] == name
    assert rows(data)[1]["description"] == name
    assert said(data["result"]["sentence"]).count(name) > 0
    assert len(data["result"]["roc"]["opposite"]) <= 40


# How things stand


def test_everything_is_plain_json(state, look):
    case = CaseView()
    case.obey(state, {"what": "open"})
    state.edit_scores({"age": -9}, "move")
    data = look(case=case)
    json.dumps(data, allow_nan=False)
    assert data["case"]["position"] == 1


def test_before_the_first_result_there_are_sliders_without_numbers(state):
    data = contents(state, Outcome(None, old=True, share=0.25), CaseView())
    assert (data["result"], data["work"], data["old"]) == (None, 0.25, True)
    assert of(data, "age")["score"] == state.scores.score("age")
    assert of(data, "age")["laat"] is None
    json.dumps(data, allow_nan=False)


def test_an_old_result_is_marked_as_such_with_the_share_done(state, finished):
    outcome = replace(finished(state), old=True, share=0.5)
    state.edit_scores({"age": -9}, "move")
    data = contents(state, outcome, CaseView())
    assert (data["old"], data["work"]) == (True, 0.5)
    assert data["result"] is not None
    assert of(data, "age")["score"] == -9


def test_an_old_result_of_other_features_leaves_the_others_empty(state, finished):
    sex = state.task.column("sex")
    state.change_task(state.task.with_columns(replace(sex, role=Role.IGNORE)))
    outcome = replace(finished(state), old=True, share=0.5)
    state.change_task(state.task.with_columns(sex))
    data = contents(state, outcome, CaseView())
    assert of(data, "sex = male")["laat"] is None
    assert of(data, "age")["laat"] is not None


def test_what_is_impossible_is_said_and_the_sliders_stay(state, look):
    state.settings.shots = 500
    data = look()
    assert "Choose 138 or fewer" in data["problem"]
    assert data["result"] is None
    assert len(rows(data)) == len(state.features)


def test_a_sample_is_said_while_something_moves_and_is_gone_once_it_rests(state, look, monkeypatch):
    monkeypatch.setattr("laat_core.evaluate.sampling.MOST_TEST_ROWS", 200)
    monkeypatch.setattr("laat_core.evaluate.sampling.FEWEST_OF_A_CLASS", 50)
    assert look()["result"]["sampled"] == ""
    state.moving = {"age": -9.0}
    told = look()["result"]["sampled"]
    assert told == "on a fixed sample of 200 test rows while you move"
    state.moving = {}
    assert look()["result"]["sampled"] == ""


def test_a_small_table_is_never_sampled(state, look):
    state.moving = {"age": -9.0}
    assert look()["result"]["sampled"] == ""


def test_a_notice_and_the_last_message_are_handed_on(state, look):
    obey(state, CaseView(), {"number": 41, "actions": [{"kind": "redo"}]})
    data = look()
    assert (data["received"], data["notice"]) == (41, "There is nothing to redo.")


def test_all_scores_zero_and_trust_zero_are_said(state, look):
    state.settings.gamma = 0.0
    assert "Trust is 0" in said(look()["result"]["sentence"])
    state.edit_scores(dict.fromkeys(state.feature_names, 0.0), "zero")
    assert "All scores are 0" in said(look()["result"]["sentence"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["diabetes", "south_german_credit", "credit", "breast_cancer", "wine"]
)
def test_every_bundled_table_is_drawn(projects, look, name):
    state = AppState.bundled(projects, name)
    data = look(state)
    assert [row["name"] for row in rows(data)] == state.feature_names
    assert data["outcome"] == load_dataset(name).outcome
    json.dumps(data, allow_nan=False)
