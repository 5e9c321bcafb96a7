"""What services need of the world. The adapters implement these; tests may put anything in their place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wallboard.alerts._decide import Alert, Transition
from wallboard.alerts._settings import AlertSettings
from wallboard.measures.blocks import Block
from wallboard.measures.cube import Cube
from wallboard.model.facts import Bucket, Rows, Segment
from wallboard.model.gauges import Gauge
from wallboard.model.pulls import StreamState
from wallboard.sources._source import Limit, Reply


class Clock(Protocol):
    def __call__(self) -> int:
        """Now, as an instant (epoch milliseconds)."""
        ...


class Facts(Protocol):
    """What happened. Append-only; a second put of the same content writes nothing."""

    def append(
        self, groups: Sequence[tuple[Bucket, Rows, Sequence[Mapping[str, Any] | None]]], *, received: int
    ) -> int:
        """Stores each group of rows as one or more segments; answers how many were new. Raises TryAgain; then some may
        be stored, and sending all again is right."""
        ...

    def read(self, buckets: Iterable[Bucket]) -> dict[Bucket, list[Segment]]:
        """All segments of these buckets, strongly consistent."""
        ...

    def compact(self, bucket: Bucket, *, now: int) -> bool:
        """Merges settled small segments of a bucket that has many; answers whether it did."""
        ...


@dataclass(frozen=True, slots=True)
class Versioned:
    """A block with the version of what it was read from (0 when there is nothing) and the number of its items."""

    block: Block
    version: int
    parts: int


class Rollups(Protocol):
    """Cells by cube and day."""

    def load(self, tenant: str, cube: Cube, day: str) -> Versioned:
        """The block of a day as it stands, strongly consistent; an empty one when there is none."""
        ...

    def save(self, tenant: str, block: Block, *, replaces: Versioned) -> None:
        """Writes a block in place of what was loaded. Raises Conflict when that has moved since."""
        ...

    def read(self, tenant: str, wanted: Mapping[str, Sequence[str] | None]) -> dict[str, list[Block]]:
        """Of each cube the blocks of these UTC days (None: of every day ever saved)."""
        ...

    def newest(self, tenant: str, cubes: Iterable[str]) -> dict[str, int]:
        """The latest anchor (an instant) among the facts of each of these cubes that has any."""
        ...


class Directory(Protocol):
    """The latest names of things, and which things have been heard of at all."""

    def learn(self, tenant: str, names: Mapping[tuple[str, str], tuple[str | None, int]]) -> None:
        """(type, id) → (name or None, version): keeps a name when its version is the highest so far."""
        ...

    def names(self, tenant: str, things: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
        """The latest name of each of these (type, id) that has been heard of."""
        ...


class Gauges(Protocol):
    def put(self, tenant: str, gauges: Sequence[Gauge]) -> None:
        """Keeps each gauge whose version is the highest so far (ties: the greater content)."""
        ...

    def read(self, tenant: str, types: Iterable[str]) -> dict[str, list[Gauge]]:
        """The live gauges of each of these types, in the order of their ids."""
        ...


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An API key as it is kept: never the key itself."""

    id: str
    tenant: str
    scopes: frozenset[str]
    salt: bytes
    hash: bytes


class ApiKeys(Protocol):
    """API keys, found by a locator that says too little to guess a key from."""

    def put(self, locator: str, stored: StoredKey) -> None: ...

    def find(self, locator: str) -> list[StoredKey]: ...

    def tenants(self) -> list[str]:
        """Every tenant that was ever given a key, or a source."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """What people are told: a subject of one line, a body, and the words to filter by."""

    subject: str
    body: str
    attributes: Mapping[str, str]


class Alerts(Protocol):
    """The alerts of tenants, their settings, and what is still to be told."""

    def settings(self, tenant: str) -> AlertSettings: ...

    def configure(self, tenant: str, settings: AlertSettings) -> None: ...

    def all(self, tenant: str) -> list[Alert]:
        """Every alert that a tenant ever had, in the order of their ids."""
        ...

    def find(self, tenant: str, alert_id: str) -> Alert | None: ...

    def save(self, tenant: str, alert: Alert, transition: Transition | None, letter: Letter | None) -> None:
        """Keeps the alert, and with it the transition in history and audit trail, and the letter to be sent. Raises
        Conflict when the alert has moved since it was read."""
        ...

    def history(self, tenant: str, alert_id: str) -> list[Transition]:
        """The transitions of an alert, in order."""
        ...

    def outbox(self, tenant: str) -> list[tuple[str, Letter]]:
        """The letters that are not sent yet, by their ids, in the order of time."""
        ...

    def claim(self, tenant: str, letter_id: str, letter: Letter, *, now: int) -> bool:
        """Whether the caller, and for a minute nobody else, is to send this letter."""
        ...

    def sent(self, tenant: str, letter_id: str) -> None:
        """The letter is sent: forget it."""
        ...


class Topic(Protocol):
    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None:
        """Tells everybody who has subscribed."""
        ...


class Queue(Protocol):
    def send(self, messages: Sequence[tuple[str, int]]) -> None:
        """Sends each message after a delay in seconds (at most 900). Raises TryAgain after having tried all of them."""
        ...


class DeadLetters(Protocol):
    def park(self, letter: Mapping[str, Any]) -> None:
        """Keeps what failed for good, with its reason, until a person has looked at it."""
        ...


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A source of a tenant. `settings` leave out what is secret. `every_hours`: how often it is pulled, counted from 02:15
    UTC; 0: only when somebody asks."""

    name: str
    vendor: str
    settings: Mapping[str, Any]
    enabled: bool = True
    every_hours: int = 24


class Sources(Protocol):
    """The sources of tenants, and how far their streams have been pulled."""

    def put(self, tenant: str, config: SourceConfig) -> None: ...

    def remove(self, tenant: str, name: str) -> None:
        """Forgets the source and the states of its streams. What it brought stays."""
        ...

    def forget(self, tenant: str, name: str, streams: Iterable[str]) -> None:
        """Forgets the states of these streams."""
        ...

    def find(self, tenant: str, name: str) -> SourceConfig | None: ...

    def all(self, tenant: str) -> list[SourceConfig]:
        """In the order of their names."""
        ...

    def states(self, tenant: str, name: str) -> dict[str, StreamState]:
        """The states of the streams of a source that was ever asked for anything, by stream."""
        ...

    def update(self, tenant: str, name: str, stream: str, change: Callable[[StreamState], StreamState]) -> StreamState:
        """Changes the state of a stream, whoever else does so at the same time. Answers the new one. Raises TryAgain."""
        ...


class Secrets(Protocol):
    """Secrets by name, each a set of named texts. Fetched once per process."""

    def get(self, name: str) -> Mapping[str, str]:
        """Raises NotFound."""
        ...

    def put(self, name: str, values: Mapping[str, str]) -> None: ...

    def forget(self, name: str) -> None:
        """The next `get` asks again: it may have been changed since."""
        ...

    def delete(self, name: str) -> None:
        """One that is not there is no error."""
        ...


class Transport(Protocol):
    """HTTP, without any opinion: no retries, no redirects."""

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | Sequence[tuple[str, str]] | None,
        json: Any,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Reply:
        """The answer, read whole. Raises VendorUnavailable when there is none: time-out, broken connection, too large."""
        ...


class Limiter(Protocol):
    """The limits of vendors, shared by all workers."""

    def enter(self, name: str, limit: Limit, *, now: int) -> float:
        """Takes a place among the calls, and answers 0; or answers how many seconds there will be none, and takes none."""
        ...

    def leave(self, name: str, limit: Limit, *, now: int) -> None:
        """The call that entered is over."""
        ...
