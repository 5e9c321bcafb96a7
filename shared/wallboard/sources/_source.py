"""What a source declares: its settings, its streams, how it signs in, and how it turns a vendor's row into events.

A source is a translator. Its events are those of the push API (docs: `wallboard.model.events`), as plain objects with the
names of the wire; what happens to them afterwards is the same for all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wallboard.errors import InvalidRequest
from wallboard.model.time import DAY, HOUR, zone_named

Row: TypeAlias = Mapping[str, Any]
"""One row as the vendor delivers it."""

Event: TypeAlias = dict[str, Any]
"""An event of the push API without its source. What is not one of its fields is kept beside the fact: the vendor's own row
stands under `row`. A person's `contactId` is in the clear here, `tel:+12025550101`; the service hashes it."""

T = TypeVar("T")


def _known_zone(name: str) -> str:
    try:
        zone_named(name)
    except InvalidRequest:  # it quotes what was given, which may be a secret in the wrong field
        raise ValueError("is not a time zone; use an IANA name such as Europe/Berlin") from None
    return name


Zone: TypeAlias = Annotated[str, AfterValidator(_known_zone)]
"""The IANA name of a time zone."""

Country: TypeAlias = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}$")]
"""The calling code of the country in which numbers without one are: `1`, `44`."""

HostPart: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")]
"""One label of a host's name: nothing that could lead to another host."""


class Settings(BaseModel):
    """What a source must be told. A field of type SecretStr is kept in Secrets Manager, the others in State."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A row that says nothing we count, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What to pull: [start, end) in instants, on the time that the stream goes by. `now` is when the run began: where an
    open spell ends for the time being. `resume` is a `Page.next`, where an earlier worker stopped."""

    settings: Any
    start: int
    end: int
    now: int
    resume: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one call of the vendor brought. `next` is a JSON value from which another worker can go on; None: that was all."""

    rows: Sequence[Row]
    next: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the vendor, read whole. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client(Protocol):
    """Calls the vendor: waits for its limits, signs in, tries again what may pass."""

    def ask(
        self,
        method: Literal["GET", "POST"],
        url: str,
        read: Callable[[Reply], T],
        *,
        query: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: str = "",
        signed: bool = True,
        skip: Sequence[int] = (),
    ) -> T | None:
        """What `read` makes of the answer. `read` raises Garbled for an answer that cannot be what was asked for; it is
        asked for again. `limit` names one of the source's limits. Without `signed`, the headers of `login` are left out.
        Answers None for a status in `skip`.

        Raises VendorRefuses when only a person can help, and VendorUnavailable when a later try may succeed."""
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """The headers that sign a request, and for how many seconds they do (None: for as long as the vendor does not say no)."""

    headers: Mapping[str, str]
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls in any `seconds`, for each of `rates`, and at most `parallel` at a time."""

    rates: Sequence[tuple[int, int]]
    parallel: int | None = None


Cut: TypeAlias = Callable[[int, int, Any], Iterator[tuple[int, int]]]
"""(start, end, settings) → the windows that are pulled one by one, each with its own success or failure."""


def every(length: int) -> Cut:
    """Windows of at most so many milliseconds."""

    def cut(start: int, end: int, settings: Any) -> Iterator[tuple[int, int]]:
        for first in range(start, end, length):
            yield first, min(first + length, end)

    return cut


DAILY = every(DAY)


def whole(start: int, end: int, settings: Any) -> Iterator[tuple[int, int]]:
    """One window, however long: for streams that are always read from one end to the other."""
    yield start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One kind of rows that a vendor delivers.

    `title` is the vendor's name for it. `cursor` says in words which time of a row the windows go by. A pull begins
    `overlap` before what is pulled already, and once a day `settle` before now: rows come late and change afterwards. It
    ends `lag` before now: the vendor is that far behind (all in milliseconds). `feeds` names the measures that come from
    this stream and from no other of the source. `lists` names the types of resources of which a pull brings all there are:
    what is not among them any more has gone. `personal` names the columns whose values are of customers: numbers, names,
    addresses, notes, free texts; at any depth of the row, however capitals and blanks are set in the name. Without it nobody
    has said, and whoever may not see personal data sees nothing of the row. `wanted` says whether the settings ask for the
    stream.
    """

    name: str
    title: str
    kinds: Sequence[str]
    cursor: str
    pages: Callable[[Asked, Client], Iterator[Page]]
    normalise: Callable[[Row, Asked], Sequence[Event] | Ignored]
    cut: Cut = DAILY
    overlap: int = 2 * HOUR
    settle: int = 0
    lag: int = 0
    feeds: Sequence[str] = ()
    lists: Sequence[str] = ()
    personal: Sequence[str] | None = None
    wanted: Callable[[Any], bool] = lambda settings: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A vendor. `hosts` are those that the settings lead to, and no other is ever called. `organisation` is what shares
    the vendor's limits. `words` says in plain language what a status of this vendor means for whoever runs the source.
    `hashes_contacts`: its contact ids are people's numbers and addresses, and are kept as keyed hashes."""

    vendor: str
    title: str
    settings: type[Settings]
    streams: Sequence[Stream]
    hosts: Callable[[Any], Sequence[str]]
    organisation: Callable[[Any], str]
    login: Callable[[Any, Client], Login]
    limits: Mapping[str, Limit]
    words: Mapping[int, str] = field(default_factory=dict)
    hashes_contacts: bool = True

    def wanted(self, settings: Any) -> list[Stream]:
        """The streams that these settings ask for."""
        return [stream for stream in self.streams if stream.wanted(settings)]
