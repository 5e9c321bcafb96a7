"""Pulls one window of one stream: pages in, facts stored, then the window is done. Whatever happens in between, pulling it
again is right: what is stored already is not written again."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter, ValidationError

from wallboard.errors import LimitReached, Malformed, TryAgain, VendorRefuses, VendorUnavailable, WallboardError
from wallboard.model.event import Event
from wallboard.model.events import AnyEvent, Resource
from wallboard.model.interactions import Session, Status
from wallboard.model.pulls import NOTHING, Counts, Failure, Span, StreamState
from wallboard.model.time import DAY, iso
from wallboard.services.call_vendor import VendorClient
from wallboard.services.keep_aside import Aside
from wallboard.services.lay_out import resource_key
from wallboard.services.ports import DeadLetters, Directory, Facts, Gauges, Limiter, Queue, Sources, Transport
from wallboard.services.source_settings import SourceSettings
from wallboard.services.store_changes import ChangeStore, Unreadable, pieces
from wallboard.sources._source import Asked, Ignored, Row, Source, Stream

ATTEMPTS = 8
"""So often a window is tried before a person must look at it; the pauses between grow to a quarter of an hour."""

STORE_AT = 4_000
"""Events that are gathered before they are stored: fewer, larger segments; and what a worker has in hand at most, beside
one answer of the vendor."""

MOST_PAGES = 100_000
_MARGIN = 45_000
"""Milliseconds before its end at which a worker stops, stores what it has, and leaves the rest to the next."""

_LONGEST_DELAY = 900
_LONGEST_REASON = 240  # characters: a thousand of them must fit into the state of a stream
_EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a worker is told: which window to pull, and where another one has stopped."""

    tenant: str
    source: str
    stream: str
    start: int
    end: int
    run: int
    resume: Any = None
    attempt: int = 1
    counts: Counts = NOTHING

    @property
    def window(self) -> Span:
        return self.start, self.end

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Turn":
        said = json.loads(text)
        return cls(**{**said, "counts": Counts(**said["counts"])})


@dataclass(slots=True)
class _Batch:
    """What was read and is not stored yet."""

    events: list[Event] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    counts: Counts = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A worker. `now` and `sleep` are those of the process."""

    sources: Sources
    settings: SourceSettings
    facts: Facts
    gauges: Gauges
    directory: Directory
    queue: Queue
    dead_letters: DeadLetters
    transport: Transport
    limiter: Limiter
    retention_days: int
    now: Callable[[], int]
    sleep: Callable[[float], None]
    chance: random.Random = field(default_factory=random.Random)

    def __call__(self, turn: Turn, *, until: int) -> None:
        """Pulls the window, or as much of it as there is time for (`until` is an instant); the rest is sent to the queue.

        Raises TryAgain when our own store refuses: the queue delivers the turn again. What a vendor does wrong is kept in
        the state of the stream, and tried again, or parked when there is no use in that.
        """
        state = self._state(turn)
        if not state.waits_for(turn.run, turn.window):
            return  # delivered twice, and done; or nobody wants it any more
        progress = _Progress(turn)
        try:
            self._pull(progress, state.aside, until - _MARGIN)
        except LimitReached as error:
            self._send(progress.turn, error.wait)
        except VendorUnavailable as error:
            self._try_later(progress, error)
        except TryAgain:
            raise
        except WallboardError as error:
            self.settings.forget(turn.tenant, turn.source)  # somebody may be changing the credentials right now
            self._give_up(progress.turn, str(error))
        except Exception as error:  # a source that fails on what a vendor sends must not fail the others
            self._give_up(progress.turn, f"the connector failed: {type(error).__name__}")
            raise

    def _pull(self, progress: "_Progress", spans: Sequence[Span], until: int) -> None:
        turn = progress.turn
        source, settings = self.settings.of(turn.tenant, turn.source)
        stream = _stream(source, turn.stream)
        client = VendorClient(
            source=source,
            settings=settings,
            transport=self.transport,
            limiter=self.limiter,
            now=self.now,
            sleep=self.sleep,
            until=until,
            chance=self.chance,
        )
        asked = Asked(settings, turn.start, turn.end, turn.run, turn.resume)
        store = ChangeStore(self.facts, self.gauges, self.directory, turn.tenant, turn.source, turn.run)
        whole = bool(stream.lists)
        aside = Aside(self.facts, turn.tenant, turn.source, stream.name, turn.window, spans, lists=whole)
        key, oldest = self.settings.people_key(turn.tenant), self.now() - self.retention_days * DAY
        reader = _Reader(source, stream, asked, turn.source, key, oldest, aside)
        batch, seen = _Batch(), set()
        listed: set[tuple[str, str]] = set()
        try:
            for number, page in enumerate(stream.pages(asked, client), 1):
                for row in page.rows:
                    reader(row, batch)
                if stream.lists:
                    listed |= {resource_key(event) for event in batch.events if isinstance(event, Resource)}
                place = json.dumps(page.next)
                if page.next is not None and (place in seen or number > MOST_PAGES):
                    raise VendorRefuses(f"{source.title} sends the same page of {stream.title} again and again")
                seen.add(place)
                progress.reached = page.next
                is_late = page.next is not None and self.now() >= until
                if len(batch.events) >= STORE_AT or page.next is None or is_late:
                    batch = self._store(progress, store, batch, aside)
                if is_late:
                    self._send(progress.turn, 0)
                    return
        except VendorUnavailable:
            self._store(progress, store, batch, aside)  # what has come is not asked for again
            raise
        if progress.reached is not None:
            raise VendorUnavailable(f"{source.title} ended in the middle of {stream.title}")
        if stream.lists and turn.resume is None and not progress.turn.counts.unreadable:
            progress.keep(Counts(written=store.sweep(stream.lists, listed)))
        if turn.resume is None or not turn.counts.unreadable:  # otherwise others know what was unreadable before
            self._store(progress, store, _Batch(unreadable=list(aside.unseen())), aside)
        self._done(turn, progress.turn.counts, aside.emptied())

    def _store(self, progress: "_Progress", store: ChangeStore, batch: _Batch, aside: Aside) -> _Batch:
        if aside.is_new:  # before the rows are there: nobody would find them
            self._update(progress.turn, lambda state: state.keeping(progress.turn.window))
        written = store(batch.events, batch.unreadable, now=self.now())
        progress.keep(replace(batch.counts, written=written))
        return _Batch()

    def _state(self, turn: Turn) -> StreamState:
        return self.sources.states(turn.tenant, turn.source).get(turn.stream, StreamState())

    def _done(self, turn: Turn, counts: Counts, emptied: Sequence[Span]) -> None:
        at = self.now()
        self._update(turn, lambda state: state.not_keeping(emptied).pulled(turn.run, turn.window, counts, at=at))

    def _update(self, turn: Turn, change: Callable[[StreamState], StreamState]) -> None:
        self.sources.update(turn.tenant, turn.source, turn.stream, change)

    def _try_later(self, progress: "_Progress", error: VendorUnavailable) -> None:
        turn = progress.turn
        attempt = 1 if progress.has_moved else turn.attempt
        if attempt >= ATTEMPTS:
            self._give_up(turn, f"{error}; given up after {ATTEMPTS} tries")
            return
        failure = Failure(self.now(), f"{error}; try {attempt} of {ATTEMPTS}", turn.window)
        self._update(turn, lambda state: replace(state, last_error=failure))
        pause = min(_LONGEST_DELAY, 15 * 2**attempt)
        self._send(replace(turn, attempt=attempt + 1), max(error.wait, self.chance.uniform(pause / 2, pause)))

    def _give_up(self, turn: Turn, reason: str) -> None:
        """The window has failed for good: it is named in the state, and lies in the dead-letter queue."""
        failure = Failure(self.now(), reason[:_LONGEST_REASON], turn.window)
        self.dead_letters.park(
            {
                "tenant": turn.tenant,
                "what": f"pull of {turn.source}, {turn.stream}",
                "from": iso(turn.start),
                "to": iso(turn.end),
                "reason": reason,
            }
        )
        self._update(turn, lambda state: state.failed(turn.run, failure))

    def _send(self, turn: Turn, delay: float) -> None:
        self.queue.send([(turn.to_json(), min(_LONGEST_DELAY, round(delay + 0.5)))])


class _Progress:
    """How far a turn has come: `reached` is where the pages are, `turn` where what is stored ends."""

    def __init__(self, turn: Turn) -> None:
        self.turn, self._began, self.reached = turn, turn.resume, turn.resume

    def keep(self, counts: Counts) -> None:
        self.turn = replace(self.turn, resume=self.reached, counts=self.turn.counts + counts)

    @property
    def has_moved(self) -> bool:
        return bool(self.turn.resume != self._began)


class _Reader:
    """Rows → events that are checked, whole and of the retention; the others are counted, and kept aside."""

    def __init__(
        self, source: Source, stream: Stream, asked: Asked, name: str, key: bytes, oldest: int, aside: Aside
    ) -> None:
        self._source, self._stream, self._asked, self._name = source, stream, asked, name
        self._key, self._oldest, self._aside = key, oldest, aside

    def __call__(self, row: Row, batch: _Batch) -> None:
        try:
            found = self._stream.normalise(row, self._asked)
            events = [] if isinstance(found, Ignored) else [self._checked(event) for event in found]
        except (Malformed, ValidationError) as error:
            batch.unreadable.append(self._aside.unreadable(row, _reason(error)))
            batch.counts += Counts(rows=1, unreadable=1)
            return
        batch.unreadable += self._aside.readable(row)
        timely = [event for event in events if isinstance(event, Resource) or self._is_kept(event)]
        batch.events += timely
        batch.counts += Counts(rows=1, ignored=int(not events), too_old=int(len(timely) < len(events)))

    def _checked(self, said: Mapping[str, Any]) -> Event:
        contact = said.get("contactId")
        hashed = {"contactId": person(contact, self._key)} if contact and self._source.hashes_contacts else {}
        origin = {"source": self._name, "updatedAt": self._asked.now}
        if "row" in said:
            origin["stream"] = self._stream.name
        event = _EVENT.validate_python({**said, **hashed, **origin})
        if isinstance(event, Session | Status):
            list(pieces(event, self._asked.now))  # raises what cannot be cut
        return event

    def _is_kept(self, event: Event) -> bool:
        at: int = getattr(event, event.anchor)
        return at >= self._oldest


def person(contact: str, key: bytes) -> str:
    """What a number, address or id of a person is called in facts: the same for the same person, and no way back."""
    return f"person:{blake2b(contact.encode(), key=key, digest_size=15).hexdigest()}"


def _reason(error: Malformed | ValidationError) -> str:
    """What is wrong with a row, without a word of what it says: that may be somebody's name."""
    if isinstance(error, Malformed):
        return str(error)
    detail = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in detail['loc'][1:])}: {detail['msg']}"


def _stream(source: Source, name: str) -> Stream:
    found: Sequence[Stream] = [stream for stream in source.streams if stream.name == name]
    if not found:
        raise VendorRefuses(f"{source.title} has no stream {name}")
    return found[0]
