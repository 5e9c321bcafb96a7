"""What people see of sources, and how they ask for a pull."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from wallboard.errors import InvalidRequest, NotFound, WallboardError
from wallboard.model.event import Instant
from wallboard.model.pulls import Counts, Failure, Job, StreamState
from wallboard.model.results import Maybe, Output, absent
from wallboard.model.time import iso
from wallboard.services.plan_pulls import PlanPulls, next_run
from wallboard.services.ports import SourceConfig, Sources
from wallboard.services.source_settings import SourceSettings

_MIDNIGHT = "T00:00:00Z"
_LENGTH_OF_A_DATE = 10


def _moment(value: object) -> object:
    """A date is its first moment, UTC."""
    return value + _MIDNIGHT if isinstance(value, str) and len(value) == _LENGTH_OF_A_DATE else value


Moment = Annotated[Instant, BeforeValidator(_moment)]


class Sync(BaseModel):
    """Pull [from, to) again; without `from`, what has come since the last pull, and without `to`, up to now. A time may be a
    date: its midnight, UTC. `streams` names those of the source that are meant; without it all are."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None
    streams: Annotated[list[str], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _goes_forward(self) -> "Sync":
        if self.from_ is not None and self.to is not None and self.from_ >= self.to:
            raise PydanticCustomError("order", "to must be later than from; it is not part of what is pulled")
        return self


class SyncedStream(Output):
    """A pull that has begun: so many windows wait for a worker."""

    stream: str
    from_: str = Field(alias="from")
    to: str
    windows: int


class SyncStarted(Output):
    source: str
    streams: Sequence[SyncedStream]


class CountsItem(Output):
    """Rows that were read; facts that were new or had changed; rows that say nothing that is counted; rows that could not be
    read and are kept aside; rows older than the retention."""

    rows: int
    written: int
    ignored: int
    unreadable: int
    too_old: int


class FailureItem(Output):
    """What went wrong with a window, and when."""

    at: str
    message: str
    from_: str = Field(alias="from")
    to: str


class JobItem(Output):
    """One pull of a range: of its windows so many are done, so many failed for good, and the others wait."""

    started: str
    from_: str = Field(alias="from")
    to: str
    windows: int
    done: int
    failed: Sequence[FailureItem]
    progress: float
    counts: CountsItem


class StreamItem(Output):
    """A stream. `cursor`: everything from the first pull up to there is stored; `lagSeconds` is how long ago that was."""

    name: str
    title: str
    cursor: Maybe[str] = absent()
    cursor_is: str
    lag_seconds: Maybe[int] = absent()
    rows: int
    counts: CountsItem
    last_success: Maybe[str] = absent()
    last_error: Maybe[FailureItem] = absent()
    jobs: Sequence[JobItem]


class SourceItem(Output):
    """A source. `problem`: why it cannot be pulled at all."""

    name: str
    vendor: str
    enabled: bool
    every_hours: int
    next_run: Maybe[str] = absent()
    problem: Maybe[str] = absent()
    streams: Sequence[StreamItem]


class SourceList(Output):
    items: Sequence[SourceItem]


def list_sources(tenant: str, *, sources: Sources, settings: SourceSettings, now: int) -> SourceList:
    """Every source of a tenant, with how far each stream of it has been pulled."""
    return SourceList(items=[_item(tenant, config, sources, settings, now) for config in sources.all(tenant)])


def sync(tenant: str, name: str, asked: Sync, *, plan: PlanPulls, now: int) -> SyncStarted:
    """Begins a pull. Raises NotFound for a source that is not there, and InvalidRequest for a time that makes no sense."""
    config = plan.sources.find(tenant, name)
    if config is None:
        names = ", ".join(each.name for each in plan.sources.all(tenant)) or "none"
        raise NotFound(f"There is no source {name[:80]!r}; there are: {names}")
    if asked.from_ is not None and asked.from_ >= now:
        raise InvalidRequest(f"from: {iso(asked.from_)} is not over yet; it is {iso(now)} now")
    end = now if asked.to is None else min(asked.to, now)
    begun = plan.asked(tenant, config, asked.from_, end, asked.streams, now=now)
    return SyncStarted(
        source=name,
        streams=[
            SyncedStream(stream=each.stream, from_=iso(each.start), to=iso(each.end), windows=each.windows)
            for each in begun
        ],
    )


def _item(tenant: str, config: SourceConfig, sources: Sources, settings: SourceSettings, now: int) -> SourceItem:
    states = sources.states(tenant, config.name)
    problem = None
    try:
        source, told = settings.of(tenant, config.name)
        streams = [(stream.name, stream.title, stream.cursor) for stream in source.wanted(told)]
    except WallboardError as error:
        problem, streams = str(error), [(name, name, "") for name in states]
    run = next_run(config, now)
    return SourceItem(
        name=config.name,
        vendor=config.vendor,
        enabled=config.enabled,
        every_hours=config.every_hours,
        next_run=None if run is None else iso(run),
        problem=problem,
        streams=[_stream(*stream, states.get(stream[0], StreamState()), now) for stream in streams],
    )


def _stream(name: str, title: str, cursor_is: str, state: StreamState, now: int) -> StreamItem:
    return StreamItem(
        name=name,
        title=title,
        cursor=None if state.cursor is None else iso(state.cursor),
        cursor_is=cursor_is,
        lag_seconds=None if state.cursor is None else max(0, now - state.cursor) // 1000,
        rows=state.counts.rows,
        counts=_counts(state.counts),
        last_success=None if state.last_success is None else iso(state.last_success),
        last_error=None if state.last_error is None else _failure(state.last_error),
        jobs=[_job(job) for _, job in sorted(state.jobs.items())],
    )


def _counts(counts: Counts) -> CountsItem:
    return CountsItem(
        rows=counts.rows,
        written=counts.written,
        ignored=counts.ignored,
        unreadable=counts.unreadable,
        too_old=counts.too_old,
    )


def _failure(failure: Failure) -> FailureItem:
    start, end = failure.window
    return FailureItem(at=iso(failure.at), message=failure.message, from_=iso(start), to=iso(end))


def _job(job: Job) -> JobItem:
    done = job.windows - len(job.waiting) - len(job.failed)
    return JobItem(
        started=iso(job.run),
        from_=iso(job.start),
        to=iso(job.end),
        windows=job.windows,
        done=done,
        failed=[_failure(failure) for failure in job.failed],
        progress=round(done / job.windows, 3) if job.windows else 1.0,
        counts=_counts(job.counts),
    )
