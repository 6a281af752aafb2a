"""Whether a model knows the table: sent on request alone, seen before, kept, and on the badge."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from laat_core import load_dataset
from laat_core.scores.llm.memorised import draw_check
from tests.pages.test_proposals import press, proposals_page, told
from tests.scores.llm.server import ChatServer, fails, hangs_after, says
from ui.memory import _is_this_machine

__all__ = ["proposals_page"]  # a fixture

CHECK = draw_check(load_dataset("heart"))
TRUE = json.dumps({str(n): list(cells) for n, cells in enumerate(CHECK.truth, start=1)})
GUESSED = json.dumps({str(n): ["200"] for n in range(1, 21)})


def prepare(page: AppTest, address: str, model: str = "some-model") -> AppTest:
    page.text_input(key="llm_address").set_value(address)
    page.text_input(key="llm_model").set_value(model).run()
    toggle = next(one for one in page.toggle if "Prepare" in one.label)
    return toggle.set_value(True).run()


def send(page: AppTest) -> AppTest:
    press(page, "Send these 20 rows")
    job = page.session_state["memory_job"]
    job._thread.join(timeout=30)
    page.run()
    assert not page.exception
    return page


def badges(page: AppTest) -> str:
    return " ".join(element.value for element in page.markdown if "-badge[" in element.value)


def test_nothing_is_drawn_or_sent_unasked_and_the_recorded_proposal_is_unknown(proposals_page):
    assert not proposals_page.exception
    assert "memory_check" not in proposals_page.session_state
    assert not any("Send these" in button.label for button in proposals_page.button)
    assert "By heart: unknown" in badges(proposals_page)


def test_all_that_would_be_sent_is_shown_before_with_where_it_goes(proposals_page):
    with ChatServer([says(TRUE)]) as server:
        prepare(proposals_page, server.url)
        assert "a server on this machine" in told(proposals_page)
        prepare(proposals_page, "https://models.example.org/v1")
        assert "leave this machine" in told(proposals_page)
        shown = [block.value for block in proposals_page.code]
        assert f"{CHECK.prompt.system}\n\n{CHECK.prompt.user}" in shown
        assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "badge", "said"),
    [
        (TRUE, "Knows the table by heart", "exactly in 20"),
        (GUESSED, "By heart: no sign of it", "found out"),
        ("I do not know.", "By heart: cannot tell", "answered for 0"),
    ],
)
def test_the_verdict_is_kept_and_stands_on_the_proposals_of_the_model(
    proposals_page, answer, badge, said
):
    page, state = proposals_page, proposals_page.session_state["laat"]
    with ChatServer([says(answer)]) as server:
        send(prepare(page, server.url))
        assert len(server.requests) == 1
        state.add_expert(
            "some-model", state.scores, {"model": "some-model", "base_url": f"{server.url}/"}
        )
        page.run()
    assert badge in badges(page)
    assert said in told(page)
    (recall,) = state.project.history.recalls.values()
    assert (recall.prompt, recall.answer) == (CHECK.prompt.user, answer)
    assert state.project.history.events[-2].kind == "quizzed"


def test_a_model_that_fails_is_told_in_a_sentence_and_the_sending_is_kept(proposals_page):
    with ChatServer([fails(401)]) as server:
        send(prepare(proposals_page, server.url))
    assert "refuses the key" in told(proposals_page)
    (recall,) = proposals_page.session_state["laat"].project.history.recalls.values()
    assert (recall.verdict, recall.answered) == ("cannot tell", 0)


def test_it_can_be_cancelled(proposals_page):
    page = proposals_page
    with ChatServer([hangs_after('{"1": ["233"],')]) as server:
        press(prepare(page, server.url), "Send these 20 rows")
        press(page, "Cancel")
        page.run()
        assert not page.exception
        assert "Cancelled" in told(page)
        assert not page.session_state["memory_job"].running


def test_without_a_model_nothing_is_sent(proposals_page):
    press(prepare(proposals_page, "https://models.example.org/v1", ""), "Send these 20 rows")
    assert "No model is named" in told(proposals_page)
    assert "memory_job" not in proposals_page.session_state


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:1234/v1", True),
        ("http://[::1]:1234/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://192.168.0.2/v1", False),
        ("nonsense", False),
    ],
)
def test_this_machine_is_told_from_others(address, here):
    assert _is_this_machine(address) is here
