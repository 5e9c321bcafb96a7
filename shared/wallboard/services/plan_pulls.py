"""Plans pulls: which windows of which streams, one message of the queue each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from wallboard.errors import InvalidRequest, WallboardError
from wallboard.model.pulls import Failure, Job, Span, StreamState
from wallboard.model.time import DAY, HOUR, QUARTER, iso
from wallboard.services.ports import Queue, SourceConfig, Sources
from wallboard.services.pull import Turn
from wallboard.services.source_settings import SourceSettings
from wallboard.sources._source import Settings, Stream

BEGINS = 2 * HOUR + QUARTER
"""Sources are pulled at 02:15 UTC, and every so many hours after it."""

FIRST = DAY
"""How far back the first pull of a source goes; whoever wants more asks for it."""

STUCK = 20 * HOUR
"""After this time a job that still waits is no reason any more not to begin the next one."""

MOST_WINDOWS = 1_000
"""Of all jobs of a stream that wait: what its state can name, though every window fails."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What was begun for one stream."""

    stream: str
    start: int
    end: int
    windows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPulls:
    """Begins jobs: first their state, then their messages. When these cannot all be sent, the job stays open and visible,
    and the next plan asks for the same windows again."""

    sources: Sources
    settings: SourceSettings
    queue: Queue
    retention_days: int

    def due(self, tenant: str, *, now: int) -> dict[str, list[Planned]]:
        """Begins the pulls that are due by the clock, of each source that is enabled. A source that cannot be planned is
        named in the states of its streams, and the others go on."""
        planned = {}
        for config in self.sources.all(tenant):
            if config.enabled and is_due(config, now):
                planned[config.name] = self._plan_due(tenant, config, now)
        return planned

    def asked(
        self, tenant: str, config: SourceConfig, start: int | None, end: int, streams: Sequence[str] | None, *, now: int
    ) -> list[Planned]:
        """Begins a pull of [start, end), or without `start` from where each stream is, of these streams or of all.

        Raises InvalidRequest when there is nothing to pull there."""
        source, settings = self.settings.of(tenant, config.name)
        wanted = {stream.name: stream for stream in source.wanted(settings)}
        if unknown := sorted(set(streams or ()) - wanted.keys()):
            raise InvalidRequest(f"streams: {unknown[0][:80]!r} is none of {config.name}; it has {', '.join(wanted)}")
        states = self._states(tenant, config.name, wanted)
        jobs: list[tuple[Stream, Job]] = []
        for name in streams or wanted:
            stream = wanted[name]
            if (first := start) is None:
                first = max(_from(stream, states.get(name, StreamState()), now), self._oldest(now))
            jobs.append((stream, self._job(stream, settings, first, min(end, now - stream.lag), now)))
        if not any(job.windows for _, job in jobs):
            raise InvalidRequest(f"to: nothing of {config.name} can be there between these times yet")
        for stream, job in jobs:
            waiting = sum(len(each.waiting) for each in states.get(stream.name, StreamState()).jobs.values())
            if waiting and waiting + job.windows > MOST_WINDOWS:
                raise InvalidRequest(
                    f"from: {waiting} windows of {stream.title} are still waiting; ask again when they are done"
                )
        begun = [(stream, job) for stream, job in jobs if job.windows]
        return [self._begin(tenant, config.name, stream, job) for stream, job in begun]

    def _plan_due(self, tenant: str, config: SourceConfig, now: int) -> list[Planned]:
        states = self.sources.states(tenant, config.name)
        try:
            source, settings = self.settings.of(tenant, config.name)
        except WallboardError as error:
            failure = Failure(now, str(error), (now, now))
            for name in states:
                self.sources.update(tenant, config.name, name, partial(_failing, failure))
            return []
        planned = []
        wanted = {stream.name: stream for stream in source.wanted(settings)}
        states = self._states(tenant, config.name, wanted)
        for stream in wanted.values():
            state = states.get(stream.name, StreamState())
            if any(not job.is_over and now - job.run < STUCK for job in state.jobs.values()):
                continue
            today = iso(now)[:10]
            start = _from(stream, state, now)
            if stream.settle and state.settled != today:
                start = min(start, now - stream.settle)
            job = self._job(stream, settings, max(start, self._oldest(now)), now - stream.lag, now)
            if job.windows:
                planned.append(self._begin(tenant, config.name, stream, job, settled=today if stream.settle else None))
        return planned

    def _states(self, tenant: str, name: str, wanted: Mapping[str, Stream]) -> dict[str, StreamState]:
        """The states of the streams that are wanted; those of others are forgotten, or they would be late for ever."""
        states = self.sources.states(tenant, name)
        if gone := states.keys() - wanted.keys():
            self.sources.forget(tenant, name, gone)
        return {stream: state for stream, state in states.items() if stream in wanted}

    def _job(self, stream: Stream, settings: Settings, start: int, end: int, now: int) -> Job:
        if start < self._oldest(now):
            raise InvalidRequest(
                f"from: {iso(start)} is older than the retention, which goes back to {iso(self._oldest(now))}"
            )
        waiting = list(_windows(stream, settings, start, end))
        if len(waiting) > MOST_WINDOWS:
            raise InvalidRequest(
                f"from: {stream.title} would take {len(waiting)} windows; at most {MOST_WINDOWS} are pulled at once, "
                f"so ask for a shorter time"
            )
        return Job(run=now, start=start, end=end, windows=len(waiting), waiting=waiting)

    def _oldest(self, now: int) -> int:
        return now - self.retention_days * DAY

    def _begin(self, tenant: str, name: str, stream: Stream, job: Job, *, settled: str | None = None) -> Planned:
        state = self.sources.update(tenant, name, stream.name, lambda state: state.begun(job, settled=settled))
        job = state.jobs[max(state.jobs)]  # it may have begun a millisecond later than it was asked for
        turns = [Turn(tenant, name, stream.name, start, end, job.run) for start, end in job.waiting]
        self.queue.send([(turn.to_json(), 0) for turn in turns])
        return Planned(stream.name, job.start, job.end, job.windows)


def _windows(stream: Stream, settings: Settings, start: int, end: int) -> Iterator[Span]:
    if start < end:
        yield from stream.cut(start, end, settings)


def _from(stream: Stream, state: StreamState, now: int) -> int:
    return now - FIRST if state.cursor is None else state.cursor - stream.overlap


def _failing(failure: Failure, state: StreamState) -> StreamState:
    return replace(state, last_error=failure)


def is_due(config: SourceConfig, now: int) -> bool:
    """Whether this hour is one of those in which the source is pulled."""
    if not config.every_hours:
        return False
    return (now - BEGINS) // HOUR % config.every_hours == 0


def next_run(config: SourceConfig, now: int) -> int | None:
    """When it is pulled next, as the clock has it; None for one that is pulled on request only."""
    if not (config.enabled and config.every_hours):
        return None
    step = config.every_hours * HOUR
    return (now - BEGINS) // step * step + step + BEGINS
