import json
import re

import pytest

from laat_core import (
    Design,
    Experiment,
    Recipe,
    dataset_names,
    load_dataset,
    load_proposal,
)
from laat_core.datasets.stories import FOLDER, load_story
from laat_core.evaluate.conflicts import conflicts

TOLD = [name for name in dataset_names() if load_story(name)]
NO_ACCOUNT = "checking_account = no checking account"

# Numbers that no table can give: of publications, and a score that the text explains.
CITED = {"credit": {"2019", "4"}, "south_german_credit": {"0", "2019"}, "heart": {"1989"}}


def contradicted(name: str, edits: dict[str, float] | None = None) -> list[str]:
    """Return the scores that the data contradict, with rows divided as the story asks."""
    scores = load_proposal(name).scores.edit(edits or {})
    experiment = Experiment(load_dataset(name), load_story(name).design, Recipe())
    return list(conflicts(experiment, scores))


def text(name: str) -> str:
    return " ".join(load_story(name).text)


def share_of_positives(name: str, column: str, level: str) -> float:
    task = load_dataset(name)
    of_level = task.table.loc[task.table[column] == level, task.target]
    return 100 * float((of_level == task.positive_class).mean())


@pytest.mark.parametrize("name", TOLD)
def test_every_number_is_computed_or_cited(name):
    template = " ".join(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["text"])
    written = set(re.findall(r"[0-9]+", re.sub(r"\{[^}]*\}", "", template)))
    assert written == CITED[name]


@pytest.mark.parametrize("name", TOLD)
def test_a_story_fits_its_table_and_leads_somewhere(name):
    story = load_story(name)
    assert story.title.endswith("?")
    assert all(paragraph[-1] in ".?" for paragraph in story.text)
    assert set(story.scores) <= set(load_proposal(name).scores.features)
    assert story.scores or story.next_table in dataset_names()


@pytest.mark.parametrize("name", ["wine", "nothing", "", "../tables/heart"])
def test_other_tables_have_no_story(name):
    assert load_story(name) is None


# Credit, as it circulates


def test_the_circulated_credit_table_contradicts_scores_in_columns_with_wrong_labels():
    assert contradicted("credit") == [
        "credit_history = all credits at this bank paid",
        "credit_history = critical, or credits at other banks",
        "credit_history = no credits, or all paid",
        "savings = unknown or none",
    ]
    assert "three on credit history and one on savings" in text("credit")


def test_five_rows_per_class_do_not_show_it():
    experiment = Experiment(load_dataset("credit"), Design(5), Recipe())
    assert conflicts(experiment, load_proposal("credit").scores) == {}


def test_shares_of_good_risks_in_the_circulated_table():
    told = text("credit")
    for level, n_rows in [
        ("critical, or credits at other banks", 293),
        ("all credits at this bank paid", 49),
    ]:
        assert (load_dataset("credit").table["credit_history"] == level).sum() == n_rows
        share = share_of_positives("credit", "credit_history", level)
        assert f"{n_rows} " in told
        assert f"{share:.0f} %" in told
    scores = load_proposal("credit").scores
    assert scores.score("credit_history = critical, or credits at other banks") < -1
    assert scores.score("credit_history = all credits at this bank paid") > 1


# Credit, corrected


def test_the_corrected_table_contradicts_no_score_on_credit_history():
    found = contradicted("south_german_credit")
    assert not any(name.startswith(("credit_history", "savings")) for name in found)
    assert found == [NO_ACCOUNT, "property = real estate", "housing = rented"]


@pytest.mark.slow
def test_most_estimates_repeat_the_error_of_the_circulated_table():
    proposal = load_proposal("south_german_credit")
    position = proposal.scores.features.index(NO_ACCOUNT)
    assert (proposal.scores.estimates[:, 0, position] > 0).sum() == 4
    assert "memory swayed some scores, chiefly checking_account = no" in proposal.memory
    wrong = share_of_positives("credit", "checking_account", "no checking account")
    shares = {
        level: share_of_positives("south_german_credit", "checking_account", level)
        for level in load_dataset("south_german_credit").table["checking_account"].unique()
    }
    right = shares["no checking account"]
    assert right == min(shares.values())
    told = text("south_german_credit")
    mean = proposal.scores.score(NO_ACCOUNT)
    assert f"4 of 5 estimates gave this plus (mean +{mean:.1f})" in told
    assert f"only {right:.0f} %" in told
    assert f"with {wrong:.0f} %" in told


def test_without_the_remembered_plus_the_data_contradict_it_no_more():
    edits = load_story("south_german_credit").scores
    assert edits == {NO_ACCOUNT: 0}
    assert contradicted("south_german_credit", edits) == [
        "property = real estate",
        "housing = rented",
    ]


# Heart


def test_heart_disease_with_and_without_chest_pain():
    task = load_dataset("heart")
    ill = task.table["heart_disease"] == "yes"
    painless = task.table["chest_pain"] == "asymptomatic"
    typical = task.table["chest_pain"] == "typical angina"
    assert f"{painless.sum()} of {len(ill)} patients report no chest pain" in text("heart")
    assert f"{(painless & ill).sum()} of those have heart disease" in text("heart")
    assert f"Of the {(~painless).sum()} with pain, {(~painless & ill).sum()} have" in text("heart")
    assert (typical.sum(), (~painless).sum()) == (23, 159)  # few, so nothing is said of them


def test_the_only_edit_on_heart_follows_from_how_patients_were_referred():
    before = load_proposal("heart").scores.score("chest_pain = asymptomatic")
    assert before == -1.0
    assert load_story("heart").scores == {"chest_pain = asymptomatic": 5}
