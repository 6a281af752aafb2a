"""The proposals page: pasting, comparing and asking, without a browser."""

import json
import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from laat_core import ImportanceScores, load_dataset, load_proposal
from tests.scores.llm.server import ChatServer, fails, hangs_after, says
from ui.state import AppState

KEY = "sk-marked-0123456789"


@pytest.fixture
def proposals_page(app: AppTest, monkeypatch, tmp_path) -> AppTest:
    monkeypatch.setenv("LAAT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return app.run().switch_page("pages/proposals.py").run()


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def told(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.error, *page.success, *page.warning, *page.info]
    return " ".join(element.value for element in shown).replace("\\", "")


RECORDED = "Claude (Anthropic), as a chat model without tools, recorded 2026-11-23"


def paste(page: AppTest, answer: str, name: str = "a chat assistant") -> AppTest:
    next(area for area in page.text_area if area.label == "Answer").set_value(answer)
    next(field for field in page.text_input if field.label == "Who answered").set_value(name)
    return press(page, "Read the answer")


def paste_and_use(page: AppTest, answer: str, name: str = "a chat assistant") -> AppTest:
    paste(page, answer, name)
    return press(page, "Put these scores on the sliders")


def test_the_prompt_is_the_recorded_one_and_says_what_is_never_sent(proposals_page):
    assert not proposals_page.exception
    sent = [area.value for area in proposals_page.text_area if "essage" in area.label]
    recorded = load_proposal("heart")
    assert sent == [recorded.system, recorded.prompt]
    assert "Rows of the table and the scores on the sliders are never sent" in told(proposals_page)


def test_a_pasted_answer_is_shown_before_it_lands_on_the_sliders(proposals_page):
    state = proposals_page.session_state["laat"]
    state.edit_scores({"cholesterol": -9}, "move")
    before = state.scores.as_dict()
    text = "1. age: +7 – older\n| Sex = male | −3 | rarer |\nbody weight: 2"
    paste(proposals_page, text, "Bot")
    assert not proposals_page.exception
    assert "2 of 22 features" in told(proposals_page)
    assert "unchanged: Age" not in told(proposals_page)
    assert "and 10 more" in told(proposals_page)
    shown = next(table.value for table in proposals_page.dataframe if "Read" in table.value)
    assert shown["Read"].tolist() == [7, -3]
    assert shown["Reason"].tolist() == ["older", "rarer"]
    assert state.scores.as_dict() == before
    assert list(state.experts) == [RECORDED]
    press(proposals_page, "Put these scores on the sliders")
    assert not proposals_page.exception
    assert "2 scores are on the sliders" in told(proposals_page)
    assert (state.scores.score("age"), state.scores.score("sex = male")) == (7, -3)
    assert state.project.history.asked["Bot"]["prompt"] == load_proposal("heart").prompt
    assert state.scores.score("cholesterol") == -9
    assert state.origin == "Bot"


def test_a_pasted_answer_may_be_discarded(proposals_page):
    paste(proposals_page, "age: +7", "Bot")
    press(proposals_page, "Discard")
    assert not proposals_page.exception
    assert list(proposals_page.session_state["laat"].experts) == [RECORDED]
    assert "Check what was read" not in told(proposals_page)


def test_an_incomplete_answer_scores_for_nobody_else_and_leaves_edits_alone(proposals_page):
    state = proposals_page.session_state["laat"]
    recorded = load_proposal("heart").scores
    state.edit_scores({"age": -9}, "move")
    paste_and_use(proposals_page, "age: +7\nsex = male: 3", "Bot")
    assert "Your own edits stay: Age" in told(proposals_page)
    assert (state.scores.score("age"), state.original.score("age")) == (-9, 7)
    assert state.experts["Bot"].as_dict() == {"age": 7, "sex = male": 3}
    assert state.original.spread("cholesterol") == recorded.spread("cholesterol")
    assert state.original.sources[state.feature_names.index("cholesterol")] == recorded.sources[0]
    proposals_page.run()
    assert not proposals_page.exception


def test_nothing_pasted_is_said(proposals_page):
    paste(proposals_page, " ")
    assert "no answer yet" in " ".join(element.value for element in proposals_page.info)


def test_a_proposal_is_removed_but_not_the_one_on_the_sliders(proposals_page):
    state = proposals_page.session_state["laat"]
    paste_and_use(proposals_page, "age: +7", "Bot").run()
    press(proposals_page, "Remove")
    assert not proposals_page.exception
    assert list(state.experts) == ["Bot"]


def test_an_answer_without_scores_changes_nothing(proposals_page):
    state = proposals_page.session_state["laat"]
    paste(proposals_page, "I cannot help with that.")
    assert not proposals_page.exception
    assert "Nothing could be read" in told(proposals_page)
    assert list(state.experts) == [RECORDED]


def test_proposals_are_pooled(proposals_page):
    state = proposals_page.session_state["laat"]
    paste_and_use(proposals_page, '{"age": -5}', "Bot")
    proposals_page.run()
    press(proposals_page, "Put on the sliders")
    assert not proposals_page.exception
    recorded = load_proposal("heart").scores
    assert state.original.score("age") == pytest.approx((recorded.score("age") - 5) / 2)
    assert state.original.score("cholesterol") == pytest.approx(recorded.score("cholesterol"))
    assert "judged in opposite directions" in told(proposals_page)


def test_one_proposal_alone_goes_on_the_sliders_as_it_is(proposals_page):
    state = proposals_page.session_state["laat"]
    paste_and_use(proposals_page, '{"age": -5}', "Bot")
    proposals_page.run()
    chosen = next(m for m in proposals_page.multiselect if m.label == "Proposals")
    chosen.set_value([chosen.options[0]]).run()
    press(proposals_page, "Put on the sliders")
    assert not proposals_page.exception
    assert state.origin == RECORDED
    assert list(state.experts) == [RECORDED, "Bot"]
    assert len(state.original.estimates) == 5


def test_a_server_that_is_not_there_is_named_and_the_key_is_not(proposals_page):
    page = proposals_page
    page.text_input(key="llm_address").set_value("http://127.0.0.1:9/v1")
    page.text_input(key="llm_model").set_value("some-model")
    page.text_input(key="llm_key").set_value(KEY).run()
    press(page, "Test the connection")
    assert "cannot be reached" in told(page)
    page.number_input(key="llm_estimates").set_value(2).run()
    press(page, "Ask")
    deadline = time.monotonic() + 30
    while page.session_state["job"].running and time.monotonic() < deadline:
        time.sleep(0.1)
    page.run()
    assert not page.exception
    assert "Both estimates of some-model failed. http://127.0.0.1:9/v1/ cannot be reached" in told(
        page
    )
    assert KEY not in told(page)


def test_estimates_land_are_cached_and_the_key_is_found_nowhere(proposals_page, tmp_path, caplog):
    page, state = proposals_page, proposals_page.session_state["laat"]
    answer = {"scores": [{"feature": n, "reason": "r", "score": 3} for n in state.feature_names]}
    with ChatServer([says(json.dumps(answer))]) as server:
        page.text_input(key="llm_address").set_value(server.url)
        page.text_input(key="llm_model").set_value("some-model")
        page.text_input(key="llm_key").set_value(KEY).run()
        for cached in ("", "5 from the cache, at no cost"):
            press(page, "Ask")
            page.session_state["job"].thread.join(timeout=30)
            page.run()
            assert "5 of 5 estimates can be used" in told(page)
            assert cached in told(page)
        assert len(server.requests) == 5
        assert {request.headers["authorization"] for request in server.requests} == {
            f"Bearer {KEY}"
        }
    next(button for button in page.button if button.key == "put_asked").click().run()
    assert not page.exception
    assert set(state.scores.as_dict().values()) == {3.0}
    cached = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(cached) == 5
    # The database too: all that was asked is in the project, the key is not.
    kept = [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*.*")]
    assert len(kept) > len(cached)
    asked = state.project.history.asked[state.origin]
    recorded = load_proposal("heart")
    assert (asked["model"], asked["base_url"].rstrip("/")) == ("some-model", server.url)
    assert (asked["system"], asked["prompt"]) == (recorded.system, recorded.prompt)
    shown = [str(element.value) for element in page.main if hasattr(element, "value")]
    shown.remove(KEY)  # the field that it was typed into
    for text in (*kept, *shown, caplog.text, repr(page.session_state["job"].proposer.proposal)):
        assert KEY not in text


def test_what_the_server_refused_is_said_and_not_recorded_as_used(proposals_page):
    page, state = proposals_page, proposals_page.session_state["laat"]
    good = says(json.dumps(dict.fromkeys(state.feature_names, 3)))

    def fixed(exchange):
        warm = "temperature" in exchange.request_seen.body
        (fails(400, "temperature is fixed") if warm else good)(exchange)

    with ChatServer([fixed]) as server:
        page.text_input(key="llm_address").set_value(f"{server.url}?api-version=1")
        page.text_input(key="llm_model").set_value("some-model")
        page.text_input(key="llm_key").set_value(KEY)
        page.number_input(key="llm_temperature").set_value(0.3).run()
        press(page, "Test the connection")
        assert "The server answers, but its list has no model 'some-model'" in told(page)
        page.number_input(key="llm_estimates").set_value(1).run()
        press(page, "Ask")
        page.session_state["job"].thread.join(timeout=30)
        page.run()
        assert {request.headers["api-key"] for request in server.requests} == {KEY}
    assert not page.exception
    assert "The server does not accept a temperature, so its own setting was used." in told(page)
    assert "1 of 1 estimate can be used" in told(page)
    next(button for button in page.button if button.key == "put_asked").click().run()
    assert state.project.history.asked[state.origin]["temperature"] is None


def test_a_model_without_a_name_is_asked_for(proposals_page):
    press(proposals_page, "Ask")
    assert not proposals_page.exception
    assert "No model is named" in told(proposals_page)


def test_a_table_without_a_sentence_says_so(proposals_page):
    state = proposals_page.session_state["laat"]
    state.open(replace(load_dataset("wine"), description=""))
    proposals_page.run()
    assert not proposals_page.exception
    assert "The task has no sentence yet" in told(proposals_page)


def test_columns_without_description_are_offered_and_nothing_is_used_unread(proposals_page):
    state = proposals_page.session_state["laat"]
    age = replace(state.task.column("age"), description="")
    state.change_task(state.task.with_columns(age))
    proposals_page.text_input(key="llm_address").set_value("http://127.0.0.1:9/v1")
    proposals_page.text_input(key="llm_model").set_value("some-model").run()
    assert "Columns without a description: 1." in told(proposals_page)
    press(proposals_page, "Draft descriptions")
    assert not proposals_page.exception
    assert "cannot be reached" in told(proposals_page)
    assert state.task.column("age").description == ""


def test_many_proposals_of_long_names_are_pooled(proposals_page):
    state = proposals_page.session_state["laat"]
    for letter in "abc":
        twos = ImportanceScores.from_mapping(dict.fromkeys(state.feature_names, 2.0))
        state.add_expert(200 * letter, twos)
    proposals_page.run()
    press(proposals_page, "Put on the sliders")
    assert not proposals_page.exception
    assert not proposals_page.error
    assert state.origin.startswith("Pool: mean of")


def test_proposals_of_another_window_are_there(proposals_page):
    state = proposals_page.session_state["laat"]
    other = AppState.of_project(state.projects, state.kept.id)
    other.add_expert("theirs", ImportanceScores.zeros(state.feature_names))
    proposals_page.run()
    chosen = next(m for m in proposals_page.multiselect if m.label == "Proposals")
    assert "theirs" in chosen.options


def test_a_proposal_that_another_window_has_removed_is_said(proposals_page):
    state = proposals_page.session_state["laat"]
    name = state.add_expert("theirs", ImportanceScores.zeros(state.feature_names))
    proposals_page.run()
    AppState.of_project(state.projects, state.project.id).remove_expert(name)
    press(proposals_page, "Remove")
    assert not proposals_page.exception
    assert "There is no proposal" in " ".join(toast.value for toast in proposals_page.toast)


def test_what_cannot_be_recorded_is_one_sentence(proposals_page):
    state = proposals_page.session_state["laat"]
    state.projects.delete(state.kept.id)
    paste_and_use(proposals_page, "age: +7", "Bot")
    assert not proposals_page.exception
    assert "no such project" in told(proposals_page)
    assert "scores are on the sliders" not in told(proposals_page)


def test_asking_can_be_cancelled_while_the_server_says_nothing_more(proposals_page):
    page = proposals_page
    with ChatServer([hangs_after('{"scores": [')]) as server:
        page.text_input(key="llm_address").set_value(server.url)
        page.text_input(key="llm_model").set_value("some-model").run()
        press(page, "Ask")
        press(page, "Cancel")
        page.session_state["job"].thread.join(timeout=30)
        page.run()
        assert not page.exception
        assert {one.state for one in page.session_state["job"].proposer.progress} == {"cancelled"}
