"""The HTTP server under the gateway: cheroot on 127.0.0.1, with keep-alive and a thread per request in progress."""

import errno
import logging
import threading
from collections.abc import Callable, Iterable
from http.client import responses
from typing import Any

from cheroot import wsgi

from local.events import Request, Response, message

BODY_BYTES = 10 * 1024 * 1024  # what API Gateway takes
_AT_A_TIME = 1024 * 1024

Answer = Callable[[Request], Response]


class CannotListen(RuntimeError):
    """The port is taken or not allowed; the message names it."""


class HttpFront:
    """Holds a port from the start, port 0 being any free one, and answers on it between `serve` and `stop`."""

    def __init__(self, port: int) -> None:
        """Raises CannotListen."""
        self._server = _Server(("127.0.0.1", port), self._application, numthreads=16, request_queue_size=256)
        self._server.keep_alive_conn_limit = 1000
        try:
            self._server.prepare()
        except OSError as error:
            raise CannotListen(f"cannot listen on port {port}, choose another one: {error}") from error
        self.url = f"http://127.0.0.1:{self._server.bind_addr[1]}"

    def serve(self, answer: Answer) -> None:
        self._answer = answer
        threading.Thread(target=self._server.serve, name="http", daemon=True).start()

    def stop(self) -> None:
        """Takes no more requests, and returns when those in progress are answered. A second time it does nothing."""
        self._server.stop()

    def _application(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = _read_body(environ)
        if len(body) > BODY_BYTES:
            response = message(413, "Request Entity Too Large")
        else:
            headers = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
            headers |= {name: environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if name in environ}
            named = {name.lower().replace("_", "-"): value for name, value in headers.items()}
            response = self._answer(Request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], named, body))
        length = ("content-length", str(len(response.body)))
        start_response(f"{response.status} {responses.get(response.status, '')}", [*response.headers.items(), length])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]


class _Server(wsgi.Server):
    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Defects go to stderr. A client that went away is not worth a word."""
        if level >= logging.WARNING:
            super().error_log(msg, level, traceback)


def _read_body(environ: dict[str, Any]) -> bytes:
    """All of the body, or a little more than BODY_BYTES of it. A client that is refused before it has sent everything
    sees a reset connection and not the answer, so the rest is read as well."""
    body, length = bytearray(), 0
    while piece := environ["wsgi.input"].read(_AT_A_TIME):
        length += len(piece)
        if len(body) <= BODY_BYTES:
            body += piece
    if length < int(environ.get("CONTENT_LENGTH", 0)) and not environ["wsgi.input_terminated"]:
        raise ConnectionResetError(errno.ECONNRESET, "the client went away before it had sent all")
    return bytes(body)
