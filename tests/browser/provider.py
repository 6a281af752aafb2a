"""An OpenID Connect provider that lets everybody in as whom they name."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlparse

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "laat"
KEY = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig", "alg": "RS256"})
PAGE = """<title>Who are you?</title><form action="/in"><input name="who" aria-label="Name">
<input type="hidden" name="back" value="{back}"><button>That is me</button></form>"""


class Provider(BaseHTTPRequestHandler):
    """Codes are the names of those who log in, and what was asked to be in the token."""

    def do_GET(self) -> None:
        url = urlparse(self.path)
        said = {name: values[0] for name, values in parse_qs(url.query).items()}
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        if url.path.endswith("openid-configuration"):
            self.answer(
                {
                    "issuer": here,
                    "authorization_endpoint": f"{here}/authorize",
                    "token_endpoint": f"{here}/token",
                    "jwks_uri": f"{here}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        elif url.path == "/keys":
            self.answer({"keys": [KEY.as_dict(private=False)]})
        elif url.path == "/authorize":
            back = urlencode({k: said.get(k, "") for k in ("redirect_uri", "state", "nonce")})
            self.send(200, "text/html", PAGE.format(back=back).encode())
        elif url.path == "/in":
            back = {name: values[0] for name, values in parse_qs(said["back"]).items()}
            code = json.dumps([said["who"], back.get("nonce", "")])
            query = urlencode({"code": code, "state": back["state"]})
            self.send_response(302)
            self.send_header("Location", f"{back['redirect_uri']}?{query}")
            self.end_headers()
        else:
            self.send(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        who, nonce = json.loads(parse_qs(body)["code"][0])
        now = int(time.time())
        claims = {
            "iss": f"http://127.0.0.1:{self.server.server_address[1]}",
            "sub": f"id of {who}",
            "aud": CLIENT,
            "email": f"{who}@example.org",
            "name": who,
            "nonce": nonce,
            "iat": now,
            "exp": now + 3600,
        }
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, KEY)
        self.answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def answer(self, content: object) -> None:
        self.send(200, "application/json", json.dumps(content).encode())

    def send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provider() -> Iterator[str]:
    """Run one; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
