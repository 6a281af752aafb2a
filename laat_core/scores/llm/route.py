"""The way to a server: directly or through a proxy, and which certificates are trusted.

A request to this machine never takes a proxy: it would carry the prompt and the key elsewhere.
"""

import os
import socket
import ssl
import urllib.request
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any

import httpx2

from laat_core.errors import ModelError

__all__ = ["is_this_machine", "open_client", "proxy_variable"]

SOCKS = "socks"
LOCAL_NAMES = {"localhost", "ip6-localhost", "ip6-loopback"}


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine: a loopback address, or a name that stands for one.

    Examples
    --------
    >>> is_this_machine("localhost"), is_this_machine("127.8.8.8"), is_this_machine("192.0.2.1")
    (True, True, False)
    """
    host = host.strip("[]").rstrip(".").casefold()
    if host in LOCAL_NAMES or host.endswith(".localhost"):
        return True
    if _is_address(host):
        return _is_loopback(host)
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(_is_loopback(str(entry[4][0])) for entry in found)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_loopback or found.is_unspecified


def proxy_variable(url: httpx2.URL) -> str:
    """Return the variable whose proxy a request takes; empty where it takes none."""
    schemes = (f"{url.scheme}_", "all_")
    names = [name for name in _proxy_variables() if name.casefold().startswith(schemes)]
    if not names or is_this_machine(url.host) or urllib.request.proxy_bypass(url.host):
        return ""
    return names[0]


def _proxy_variables() -> list[str]:
    names = (f"{scheme}_proxy" for scheme in ("https", "http", "all"))
    return [form for name in names for form in (name, name.upper()) if os.environ.get(form)]


def open_client(url: httpx2.URL, *, direct: bool = False, **options: Any) -> httpx2.Client:
    """Make a client for one server, by the way that the environment names.

    Parameters
    ----------
    url : URL
    direct : bool
        Without a proxy, whatever the server's address.
    **options
        Of the client.

    Raises
    ------
    ModelError
        If the environment names a proxy or certificates that cannot be used.
    """
    # The lookup of a name may take a while, so it is made only where a proxy could be taken.
    direct = direct or not urllib.request.getproxies() or is_this_machine(url.host)
    certificates = _certificates() if url.scheme == "https" or not direct else _no_certificates()
    try:
        return httpx2.Client(verify=certificates, trust_env=not direct, **options)
    except ImportError as error:
        named = _named(lambda proxy: proxy.casefold().startswith(SOCKS))
        raise ModelError(
            f"{named} names a SOCKS proxy, which needs the package socksio: pip install socksio. "
            "Or unset it."
        ) from error
    except (ValueError, TypeError, httpx2.InvalidURL) as error:
        named = _named(_is_broken)
        raise ModelError(
            f"{named} names a proxy that cannot be used. Correct or unset it."
        ) from error


def _no_certificates() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _certificates() -> ssl.SSLContext:
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        named = names[0] if names else "The system"
        why = "they are not in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
        raise ModelError(
            f"{named} names certificates that cannot be read ({why}). Correct or unset it."
        ) from error


def _named(fits: Callable[[str], bool]) -> str:
    """Return the variables at fault, without their values: those may hold a password."""
    known = _proxy_variables()
    return ", ".join([name for name in known if fits(os.environ[name])] or known) or "The system"


def _is_broken(proxy: str) -> bool:
    try:
        httpx2.Proxy(proxy if "://" in proxy else f"http://{proxy}")
    except (ValueError, TypeError, httpx2.InvalidURL):
        return True
    return False
