import pytest
from streamlit import config

from laat_core.store.database import Database
from laat_core.store.projects import Projects
from tests.instrument import edit
from ui.access import ALLOW, CONSENT

AUTH = {"redirect_uri": "http://localhost:8501/oauth2callback", "client_id": "x"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is to be refused
ANN = {"is_logged_in": True, "iss": "https://id", "sub": "1", "email": "ann@example.org"}


@pytest.fixture
def listen():
    """Have the server listen somewhere else."""
    before = config.get_option("server.address")
    yield lambda address: config.set_option("server.address", address)
    config.set_option("server.address", before)


@pytest.fixture(autouse=True)
def no_consent(monkeypatch):
    monkeypatch.delenv(ALLOW, raising=False)


def refused(app):
    app.run()
    assert not app.exception
    return bool(app.error) and not app.get("bidi_component")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost", "unix:/tmp/s"])
def test_on_this_machine_nobody_has_to_log_in(app, listen, address):
    listen(address)
    assert not refused(app)


@pytest.mark.parametrize(
    "address", [EVERYWHERE, "::", "192.168.1.2", "example.org", "127.0.0.1.example.org", "", None]
)
def test_elsewhere_the_server_refuses_and_says_what_can_be_done(app, listen, address):
    listen(address)
    assert refused(app)
    said = app.error[0].value
    assert (address or "every address") in said
    assert ALLOW in said
    assert CONSENT in said
    assert "laat" not in app.session_state


def test_who_says_so_in_so_many_words_is_believed(app, listen, monkeypatch):
    listen(EVERYWHERE)
    monkeypatch.setenv(ALLOW, CONSENT)
    assert not refused(app)


@pytest.mark.parametrize("said", ["1", "true", "yes", "", CONSENT.upper()])
def test_fewer_words_are_no_consent(app, listen, monkeypatch, said):
    listen(EVERYWHERE)
    monkeypatch.setenv(ALLOW, said)
    assert refused(app)


def test_where_login_is_configured_a_stranger_sees_a_button_and_nothing_else(app):
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": False}
    app.query_params["project"] = "any"
    app.run()
    assert not app.exception
    assert [button.label for button in app.button] == ["Log in"]
    assert not app.get("bidi_component")
    assert "laat" not in app.session_state


def test_with_login_the_server_may_listen_anywhere(app, listen):
    listen(EVERYWHERE)
    app.secrets["auth"] = AUTH
    app.user = ANN
    assert not refused(app)


def test_consent_is_no_login(app, monkeypatch):
    monkeypatch.setenv(ALLOW, CONSENT)
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": False}
    app.run()
    assert "laat" not in app.session_state


def test_who_is_logged_in_owns_what_is_kept_and_is_named(app, own_database):
    app.secrets["auth"] = AUTH
    app.user = ANN
    app.run()
    edit(app, {"age": -9})
    state = app.session_state["laat"]
    assert state.projects.owner == "https://id 1"
    assert state.project.history.last.who == "ann@example.org"
    assert state.scores.sources[0] == "ann@example.org"
    with Database(own_database) as database:
        assert len(Projects(database, "https://id 1").listed()) == 1
        assert Projects(database).listed() == []


@pytest.mark.parametrize(
    "other", [{"sub": "2"}, {"iss": "https://other"}], ids=["another person", "another issuer"]
)
def test_people_are_told_apart_by_issuer_and_subject_not_by_their_address(app, other):
    app.secrets["auth"] = AUTH
    app.user = {**ANN, **other}
    app.run()
    assert app.session_state["laat"].projects.owner not in {"", "https://id 1"}


def test_who_has_no_address_is_named_otherwise(app):
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": True, "iss": "i", "sub": "7", "name": "Ann"}
    app.run()
    assert app.session_state["laat"].projects.who == "Ann"


@pytest.mark.parametrize("sub", [{}, {"sub": ""}, {"sub": None}])
def test_a_login_that_says_not_who_it_is_sees_nothing(app, sub):
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": True, "iss": "https://id", "email": "ann@example.org", **sub}
    assert refused(app)
    assert "laat" not in app.session_state


def test_secrets_for_something_else_are_no_login(app):
    app.secrets["OPENAI_API_KEY"] = "k"
    assert not refused(app)
    assert app.session_state["laat"].projects.owner == ""


def test_without_the_package_for_it_nobody_can_log_in_and_it_is_named(app, monkeypatch):
    monkeypatch.setattr("ui.access.find_spec", lambda _: None)
    app.secrets["auth"] = AUTH
    app.run()
    assert not app.exception
    assert "authlib" in app.error[0].value
    assert "laat" not in app.session_state


def test_who_is_logged_in_can_log_out(app):
    app.secrets["auth"] = AUTH
    app.user = ANN
    app.run()
    app.switch_page("pages/data.py").run()
    assert not app.exception
    assert any("ann@example" in caption.value for caption in app.caption)
    assert "Log out" in [button.label for button in app.button]
