"""Which way requests take, with real servers and a real proxy on this machine."""

import datetime
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from laat_core.errors import ModelError
from laat_core.scores.llm import route
from laat_core.scores.llm.client import ChatModel, connect
from laat_core.scores.llm.connection import bounded_client
from laat_core.scores.llm.route import is_this_machine, open_client, proxy_variable
from tests.scores.llm.server import KEY, MODEL, ChatServer, says

HELLO = [{"role": "user", "content": "Hello"}]
ELSEWHERE = "http://model.example/v1"
SECRET = "http://me:pa55word@127.0.0.1"  # noqa: S105


class Forwarded(BaseHTTPRequestHandler):
    """A proxy that takes note of what it is asked for, and refuses it."""

    def do_POST(self):
        self.server.seen.append(self.path)
        self.send_response(403, "Not through me")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_CONNECT = do_POST  # noqa: N815

    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for scheme in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme}_PROXY".upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that all variables name; what it has seen."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Forwarded) as running:
        running.seen = []
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        for name in ("http_proxy", "HTTPS_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{running.server_port}")
        yield running.seen
        running.shutdown()
        thread.join()


def asked(address, **options):
    with connect(address, KEY, **options) as client:
        return ChatModel(client, MODEL).answer(HELLO).text


def problem(address):
    with pytest.raises(ModelError) as caught:
        asked(address)
    said = str(caught.value)
    assert KEY not in said
    assert "pa55word" not in said
    assert said.endswith(".")
    return said


# This machine


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.255.0.9", "::1", "[::1]", "::ffff:127.0.0.1", "localhost", "LocalHost.",
     "models.localhost", "ip6-localhost", "ip6-loopback", "IP6-localhost.", "0.0.0.0", "::",  # noqa: S104
     "127.1", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_a_host_is_this_machine(host):
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "8.8.8.8", "2001:db8::1", "::ffff:8.8.8.8", "fe80::1%lo", "", "a b", "ü"]
)
def test_a_host_is_another_machine(host, monkeypatch):
    def unknown(*_args, **_options):
        raise OSError

    monkeypatch.setattr(route.socket, "getaddrinfo", unknown)
    assert not is_this_machine(host)


@pytest.mark.parametrize(
    ("addresses", "here"),
    [
        (["127.0.1.1"], True),
        (["127.0.0.1", "::1"], True),
        (["127.0.0.1", "192.0.2.1"], False),
        (["fe80::1%eth0"], False),
        ([], False),
    ],
)
def test_a_name_is_this_machine_where_all_its_addresses_are(monkeypatch, addresses, here):
    found = [(0, 0, 0, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(route.socket, "getaddrinfo", lambda *_args, **_options: found)
    assert is_this_machine("my-box") == here


# Proxies


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_prompt_and_key_for_this_machine_take_no_proxy(proxy, host):
    with ChatServer([says("Hello.")]) as server:
        address = server.url.replace("127.0.0.1", host)
        assert asked(address) == "Hello."
        with connect(address, KEY) as client:
            assert "answers" in ChatModel(client, MODEL).check()
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert proxy == []


def test_a_server_of_this_process_takes_no_proxy_whatever_its_address(proxy, monkeypatch):
    monkeypatch.setattr(route, "is_this_machine", lambda _: False)
    with ChatServer([says("Hello.")]) as server:
        assert asked(server.url, direct=True) == "Hello."
    assert proxy == []


def test_a_request_elsewhere_takes_the_proxy_and_its_refusal_is_said(proxy):
    assert "refuses access (status 403)" in problem(ELSEWHERE)
    assert proxy == [f"{ELSEWHERE}/chat/completions"]
    said = problem(ELSEWHERE.replace("http:", "https:"))
    assert said.startswith("The proxy in HTTPS_PROXY does not connect to https://model.example/v1/")
    assert "403 Not through me" in said
    assert proxy[1:] == ["model.example:443"] * 2


def test_a_proxy_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", f"{SECRET}:9")
    assert problem(ELSEWHERE).endswith("Check address, network and the proxy in ALL_PROXY.")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HTTP_PROXY", "foo://x:1", "HTTP_PROXY names a proxy that cannot be used."),
        ("https_proxy", f"{SECRET}:no", "https_proxy names a proxy that cannot be used."),
        ("ALL_PROXY", "socks5://127.0.0.1:1", "ALL_PROXY names a SOCKS proxy, which needs"),
        ("all_proxy", "socks4://127.0.0.1:1", "all_proxy names a"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_a_sentence_and_not_in_the_way_here(
    monkeypatch, variable, value, said
):
    monkeypatch.setenv(variable, value)
    assert problem(ELSEWHERE).startswith(said)
    with ChatServer([says("Hello.")]) as server:
        assert asked(server.url) == "Hello."


@pytest.mark.parametrize(
    ("address", "variables", "named"),
    [
        ("http://a.example", {"HTTP_PROXY": "x:1"}, "HTTP_PROXY"),
        ("https://a.example", {"HTTP_PROXY": "x:1"}, ""),
        ("http://a.example", {"HTTPS_PROXY": "x:1"}, ""),
        ("https://a.example", {"all_proxy": "x:1"}, "all_proxy"),
        ("http://a.example", {"HTTP_PROXY": "x:1", "no_proxy": "a.example"}, ""),
        ("http://127.0.0.1", {"HTTP_PROXY": "x:1"}, ""),
    ],
)
def test_the_variable_that_names_the_proxy_is_found(monkeypatch, address, variables, named):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_variable(httpx2.URL(address)) == named


# Certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    public, private = folder / "public.pem", folder / "private.pem"
    encoding = serialization.Encoding.PEM
    public.write_bytes(made.public_bytes(encoding))
    private.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


@pytest.fixture
def secure(certificate):
    """A server that proves who it is by that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with ChatServer([says("Hello.")], tls=context) as server:
        yield server.url.replace("http:", "https:")


def test_a_certificate_that_is_not_trusted_is_a_sentence_and_how_to_trust_it(
    secure, certificate, monkeypatch
):
    said = problem(secure)
    assert said.startswith(
        f"The certificate of {secure}/ is not trusted: “self-signed certificate”"
    )
    assert "set SSL_CERT_FILE to that file" in said
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert asked(secure) == "Hello."


def test_a_certificate_of_another_name_is_not_trusted(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert "certificate is not valid for 'localhost'" in problem(
        secure.replace("127.0.0.1", "localhost")
    )


def test_a_server_without_certificate_is_a_sentence():
    with ChatServer([says("Hello.")]) as server:
        said = problem(server.url.replace("http:", "https:"))
    assert "No secure connection to https://127.0.0.1" in said
    assert "begins with http:// or https://" in said


@pytest.mark.parametrize(
    ("variable", "content", "why"),
    [
        ("SSL_CERT_FILE", None, "No such file or directory"),
        ("SSL_CERT_FILE", b"no certificate", "they are not in PEM form"),
    ],
)
def test_certificates_that_cannot_be_read_are_a_sentence(
    monkeypatch, tmp_path, variable, content, why
):
    file = tmp_path / "some.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(variable, str(file))
    said = f"{variable} names certificates that cannot be read ({why}). Correct or unset"
    assert problem("https://model.example/v1").startswith(said)
    with ChatServer([says("Hello.")]) as server:
        assert asked(server.url) == "Hello."  # needs none


@pytest.mark.parametrize("make", [open_client, bounded_client])
def test_a_client_is_made_for_one_server(make):
    with make(httpx2.URL("http://127.0.0.1:9")) as client:
        assert not client.trust_env
