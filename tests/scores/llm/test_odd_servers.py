"""Every odd server ends in scores or in a sentence of its own."""

import pytest

from laat_core.scores.llm.client import ChatModel
from laat_core.scores.llm.prompt import Question, write_prompt
from laat_core.scores.llm.propose import SIDE_BY_SIDE, Proposer
from tests.scores.llm.odd import ANSWERS, FAULTS, REFUSALS, SCORES
from tests.scores.llm.server import KEY

QUESTION = Question("Predict disease.", "ill", ("yes",), ("age", "bmi"), ("Age", "BMI"))


@pytest.fixture
def ask(server, model):
    """Ask a server that behaves in one way for some estimates; give the model and what came."""

    def asked(odd, n_estimates=1):
        server.script = [odd.behave]
        asking = ChatModel(model.client, "odd", 0.2)
        proposer = Proposer(asking, QUESTION, write_prompt(QUESTION))
        return asking, proposer.ask(n_estimates)

    return asked


@pytest.mark.parametrize("name", [*ANSWERS, *REFUSALS])
def test_an_odd_server_gives_its_scores(ask, name):
    odd = (ANSWERS | REFUSALS)[name]
    asked, proposal = ask(odd)
    (estimate,) = proposal.estimates
    assert (estimate.problem, asked.terms.refused) == ("", odd.refused)
    assert proposal.scores.as_dict() == SCORES


@pytest.mark.parametrize("name", FAULTS)
def test_an_odd_server_gives_its_own_sentence(ask, name):
    odd = FAULTS[name]
    asked, proposal = ask(odd)
    (estimate,) = proposal.failed
    assert estimate.problem.endswith(odd.said)
    assert KEY not in estimate.problem
    assert asked.terms.refused == frozenset()  # nothing is learnt from a fault


@pytest.mark.parametrize("name", REFUSALS)
def test_what_a_server_refuses_is_found_out_once_for_all_estimates(ask, server, name):
    odd = REFUSALS[name]
    asked, proposal = ask(odd, SIDE_BY_SIDE)
    assert len(proposal.good) == SIDE_BY_SIDE
    # Those that are on their way at once are refused once each, and one of them goes on alone;
    # the client itself asks twice after a status of 500 and more.
    assert len(server.requests) <= 3 * SIDE_BY_SIDE + 2 * len(odd.refused)
    before = len(server.requests)
    Proposer(asked, QUESTION, write_prompt(QUESTION)).ask(2)
    assert len(server.requests) == before + 2


def test_a_person_is_told_what_the_server_refused(ask):
    _, proposal = ask(REFUSALS["temperature"])
    assert proposal.notes == (
        "The server does not accept a temperature, so its own setting was used.",
    )
    assert proposal.temperature is None
    _, proposal = ask(REFUSALS["system"])
    assert proposal.notes == (
        "The server does not accept a system message, so it was sent at the start of the other.",
    )
    assert proposal.temperature == 0.2
    _, proposal = ask(REFUSALS["stream"])
    assert proposal.notes == ()


def test_a_system_message_that_is_refused_is_sent_all_the_same(ask, server):
    ask(REFUSALS["system"])
    prompt = write_prompt(QUESTION)
    (message,) = server.requests[-1].body["messages"]
    assert message == {"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}
