"""A real server on 127.0.0.1 that speaks, or misspeaks, the OpenAI interface."""

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk-test-Zq81LmXw"
MODEL = "small-1"
PIECE = 40  # characters of an answer in one chunk


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: dict

    @property
    def form(self):
        """Type of the response format asked for, None for plain text."""
        return self.body.get("response_format", {}).get("type")


class Exchange(BaseHTTPRequestHandler):
    """One request, and the means to answer it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.behave(self.server.owner.models)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.request_seen = Request(self.path, headers, body)
        with self.server.owner.turn(self.request_seen) as behaviour:
            self.behave(behaviour)

    def behave(self, behaviour):
        self.close_connection = True
        with suppress(OSError):  # the client has hung up
            behaviour(self)
            self.wfile.flush()

    def finish(self):
        with suppress(OSError):
            super().finish()

    def log_message(self, *args):
        pass

    def send(self, content, status=200, kind="application/json", **headers):
        """Send a whole response."""
        content = content if isinstance(content, bytes) else content.encode()
        self.begin(status, kind, Content_Length=str(len(content)), **headers)
        self.wfile.write(content)

    def send_json(self, content, status=200, **headers):
        self.send(json.dumps(content), status, **headers)

    def begin(self, status=200, kind="text/event-stream", **headers):
        """Send the head; without a length, the body is chunked."""
        self.send_response(status)
        if "Content_Length" not in headers:
            headers["Transfer_Encoding"] = "chunked"
        for name, value in {"Content-Type": kind, "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def part(self, content):
        content = content if isinstance(content, bytes) else content.encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(content), content))
        self.wfile.flush()

    def event(self, content):
        self.part(f"data: {content if isinstance(content, str) else json.dumps(content)}\n\n")

    def delta(self, finish=None, **delta):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event({"id": "1", "object": "chat.completion.chunk", "choices": [choice]})

    def end(self):
        self.wfile.write(b"0\r\n\r\n")

    def drop(self):
        self.connection.shutdown(socket.SHUT_RDWR)


Behaviour = Callable[[Exchange], None]


@dataclass
class ChatServer:
    """Does with each request what the script says; the last behaviour goes on."""

    script: list[Behaviour] = field(default_factory=list)
    models: Behaviour = lambda exchange: exchange.send_json({"data": [{"id": MODEL}]})
    requests: list[Request] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0
    at_once: int = 0
    tls: ssl.SSLContext | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
        self._server.daemon_threads = False  # so that closing waits for every exchange
        self._server.owner = self
        if self.tls is not None:
            # The handshake is made by the exchange's own thread, which it may end.
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._server.handle_error = lambda *_: None
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def forms(self):
        return [request.form for request in self.requests]

    @contextmanager
    def turn(self, request):
        """Take note of a request; give what is to be done with it."""
        with self._lock:
            self.requests.append(request)
            behaviour = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield behaviour
        finally:
            with self._lock:
                self.at_once -= 1


def says(text, finish="stop", usage=(100, 20), refusal=None):
    """Stream an answer, its usage and the end."""

    def behave(exchange):
        exchange.begin()
        exchange.delta(role="assistant", content="")
        for start in range(0, len(text), PIECE):
            exchange.delta(content=text[start : start + PIECE])
        if refusal:
            exchange.delta(refusal=refusal)
        exchange.delta(finish)
        counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": 0}
        exchange.event({"choices": [], "usage": counts})
        exchange.event("[DONE]")
        exchange.end()

    return behave


def chunk(**content):
    return f"data: {json.dumps(content)}\n\n"


def delta(content):
    return chunk(choices=[{"index": 0, "delta": content}])


def fails(status, message="No such luck.", **headers):
    return lambda exchange: exchange.send_json({"error": {"message": message}}, status, **headers)


def sends(content, kind="application/json", status=200, **headers):
    return lambda exchange: exchange.send(content, status, kind, **headers)


def streams(*parts):
    """Stream raw parts, whatever they are."""

    def behave(exchange):
        exchange.begin()
        for part in parts:
            exchange.part(part)
        exchange.end()

    return behave


def takes(*forms, then):
    """Refuse every response format but these, as a server does that does not know it."""

    def behave(exchange):
        known = exchange.request_seen.form in forms
        (then if known else fails(400, "response_format is not supported"))(exchange)

    return behave


def hangs(exchange):
    """Say nothing at all."""
    exchange.server.owner.stopped.wait()


def hangs_after(text):
    """Begin an answer, then say nothing more."""

    def behave(exchange):
        exchange.begin()
        exchange.delta(content=text)
        exchange.server.owner.stopped.wait()

    return behave


def drips(text, seconds=0.02):
    """Say a text, then one blank after the other without end."""

    def behave(exchange):
        exchange.begin()
        exchange.delta(content=text)
        while not exchange.server.owner.stopped.wait(seconds):
            exchange.delta(content=" ")

    return behave


def drops_after(text):
    """Begin an answer, then hang up."""

    def behave(exchange):
        exchange.begin()
        exchange.delta(content=text)
        exchange.drop()

    return behave


def floods(n_bytes, block, kind="text/event-stream", status=200):
    """Send a block again and again."""

    def behave(exchange):
        exchange.begin(status, kind)
        for _ in range(n_bytes // len(block)):
            exchange.part(block)
        exchange.end()

    return behave
