"""Calls a vendor: waits for its limits, signs in, and tries again what may pass, as one table says."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from wallboard.errors import Garbled, LimitReached, VendorRefuses, VendorUnavailable
from wallboard.services.ports import Limiter, Transport
from wallboard.sources._source import Login, Reply, Source

T = TypeVar("T")
Query = Mapping[str, str] | Sequence[tuple[str, str]]

ATTEMPTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds: the pause doubles from attempt to attempt, and a random part of it is waited."""

ACTIONS: Mapping[int, Literal["retry", "renew"]] = {
    401: "renew",
    408: "retry",
    425: "retry",
    429: "retry",
    500: "retry",
    502: "retry",
    503: "retry",
    504: "retry",
}
"""What is done about a status that is no success. `renew`: sign in anew, once. What is not here is refused for good."""

_WORDS = {
    400: "does not understand the request: a setting of this source may be wrong",
    401: "does not accept the credentials: put new ones in",
    403: "refuses access: the credentials lack a permission",
    404: "has nothing at this address: a setting of this source may be wrong",
}


@dataclass(slots=True)
class VendorClient:
    """The `Client` of one source of one tenant. `until` is the instant after which it gives up waiting, so that a worker
    ends in time. Knows its login for as long as it lives, and keeps it nowhere else."""

    source: Source
    settings: Any
    transport: Transport
    limiter: Limiter
    now: Callable[[], int]
    sleep: Callable[[float], None]
    until: int
    chance: random.Random = field(default_factory=random.Random)
    calls: int = 0
    _login: tuple[Login, int] | None = field(default=None, repr=False)

    def ask(
        self,
        method: Literal["GET", "POST"],
        url: str,
        read: Callable[[Reply], T],
        *,
        query: Query | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: str = "",
        signed: bool = True,
        skip: Sequence[int] = (),
    ) -> T | None:
        """See `sources._source.Client`."""
        self._check_host(url)
        renewed, attempt = False, 0
        while True:
            if signed:
                self._signature()
            wait = 0.0
            try:
                reply = self._send(method, url, limit, headers or {}, signed, query=query, json=json, form=form)
                if 200 <= reply.status < 300:
                    return read(reply)
                if reply.status in skip:
                    return None
                action = ACTIONS.get(reply.status)
                if action == "renew" and signed and not renewed:
                    renewed, self._login = True, None
                    continue
                if action != "retry":
                    raise VendorRefuses(self._words(reply.status))
                problem, wait = f"{self.source.title} answered with the status {reply.status}", self._asked_pause(reply)
            except LimitReached:
                raise
            except (Garbled, VendorUnavailable) as error:
                problem, wait = str(error), getattr(error, "wait", 0.0)
            attempt += 1
            self._pause(problem, attempt, wait)

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        if (
            parts.scheme != "https"
            or parts.hostname not in self.source.hosts(self.settings)
            or parts.port
            or parts.username
        ):
            raise VendorRefuses(f"a request of {self.source.title} would have left its hosts; it was not sent")

    def _send(
        self, method: str, url: str, limit: str, headers: Mapping[str, str], signed: bool, **request: Any
    ) -> Reply:
        rules = self.source.limits[limit]
        name = f"{self.source.vendor}:{self.source.organisation(self.settings)}:{limit}"
        while True:
            wait = self.limiter.enter(name, rules, now=self.now())
            if wait > 0:
                if self._is_too_late(wait):
                    raise LimitReached(f"{self.source.title} allows no more calls for now", wait=wait)
                self.sleep(wait)
            elif signed and self._login_has_ended():  # while there was no place; signing in may need this one
                self.limiter.leave(name, rules, now=self.now())
                self._signature()
            else:
                break
        try:
            own = self._signature() if signed else {}
            self.calls += 1
            return self.transport.send(method, url, headers={**headers, **own}, **request)
        finally:
            self.limiter.leave(name, rules, now=self.now())

    def _login_has_ended(self) -> bool:
        return self._login is None or self.now() >= self._login[1]

    def _signature(self) -> Mapping[str, str]:
        if self._login is None or self.now() >= self._login[1]:
            login = self.source.login(self.settings, self)
            # Renewed a little early: a token that is valid when a request leaves should be when it arrives.
            lives = 10**15 if login.seconds is None else max(1, login.seconds - 20) * 1000
            self._login = login, self.now() + lives
        return self._login[0].headers

    def _words(self, status: int) -> str:
        words = self.source.words.get(status)
        return words or f"{self.source.title} {_WORDS.get(status, 'refuses the request')} (status {status})"

    def _asked_pause(self, reply: Reply) -> float:
        """Seconds that the vendor asks for in `Retry-After`: a number, or a time."""
        asked = reply.headers.get("retry-after", "").strip()
        if asked.isdigit():
            return float(asked)
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - self.now() / 1000)
        except (ValueError, TypeError):
            return 0.0

    def _pause(self, problem: str, attempt: int, asked: float) -> None:
        if attempt >= ATTEMPTS:
            raise VendorUnavailable(f"{problem}; tried {attempt} times", wait=asked)
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
        seconds = max(asked, self.chance.uniform(longest / 2, longest))
        if self._is_too_late(seconds):
            raise VendorUnavailable(problem, wait=seconds)
        self.sleep(seconds)

    def _is_too_late(self, seconds: float) -> bool:
        return self.now() + seconds * 1000 > self.until
