"""Who is at the other end: a person who has logged in, or whoever sits at this machine."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address

import streamlit as st

__all__ = ["ALLOW", "CONSENT", "Person", "admit"]

ALLOW = "LAAT_ALLOW_ANYONE"
CONSENT = "everyone who reaches this server sees every project"


@dataclass(frozen=True)
class Person:
    """Somebody who works here.

    Attributes
    ----------
    owner : str
        Whose projects are seen; empty where nobody logs in.
    name : str
        Who is said to have made an edit; empty where nobody logs in.
    """

    owner: str = ""
    name: str = ""


def admit() -> Person:
    """Return who is there; where somebody has to log in first, or may not come in, stop here."""
    if _login_is_configured():
        return _logged_in()
    address = str(st.get_option("server.address") or "")
    if not _is_this_machine(address) and os.environ.get(ALLOW) != CONSENT:
        st.error(
            f"This server listens on {address or 'every address of this machine'}, and nobody has "
            "to log in: everyone who reaches it would see every project. Let people log in (see "
            "“Several people on one server” in the README), start it with "
            f'`--server.address 127.0.0.1`, or set `{ALLOW}="{CONSENT}"`.'
        )
        st.stop()
    return Person()


def _login_is_configured() -> bool:
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def _logged_in() -> Person:
    if find_spec("authlib") is None:
        st.error('Logging in needs the package Authlib: pip install "authlib>=1.6,<2".')
        st.stop()
    if not st.user.is_logged_in:
        st.title("LAAT Workbench", anchor=False)
        st.markdown("Log in to see your projects.")
        st.button("Log in", type="primary", on_click=st.login)
        st.stop()
    if not st.user.get("sub"):
        st.error("The login does not say who you are: it has no subject. Ask who runs this server.")
        st.stop()
    # The subject is one of its issuer; names and addresses may change hands.
    owner = f"{st.user.get('iss', '')} {st.user.get('sub', '')}"
    return Person(owner, str(st.user.get("email") or st.user.get("name") or st.user.get("sub")))


def _is_this_machine(address: str) -> bool:
    if address == "localhost" or address.startswith("unix:"):
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
