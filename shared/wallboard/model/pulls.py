"""How far the streams of a source have been pulled: what is covered, what is still waiting, what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from wallboard.model.time import DAY

Span = tuple[int, int]
"""[start, end) in instants."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows that were read; facts that were new or had changed; rows that say nothing we count; rows that could not be read
    and were kept aside; rows older than the retention."""

    rows: int = 0
    written: int = 0
    ignored: int = 0
    unreadable: int = 0
    too_old: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.rows + other.rows,
            self.written + other.written,
            self.ignored + other.ignored,
            self.unreadable + other.unreadable,
            self.too_old + other.too_old,
        )


NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, in plain words, and when; of which window."""

    at: int
    message: str
    window: Span


LOST = 5 * DAY
"""A day longer than the queue keeps a message."""


MOST_ASIDE = 1_000
"""Of so many windows the state of a stream remembers that they have left rows aside."""


@dataclass(frozen=True, slots=True)
class Job:
    """One pull of [start, end): its windows wait until each has succeeded or failed for good."""

    run: int
    start: int
    end: int
    windows: int
    waiting: Sequence[Span]
    failed: Sequence[Failure] = ()
    counts: Counts = NOTHING
    touched: int = 0

    @property
    def heard_of(self) -> int:
        """When it began, or a window of it was last done or given up."""
        return max(self.run, self.touched)

    @property
    def is_over(self) -> bool:
        return not self.waiting


@dataclass(frozen=True, slots=True)
class StreamState:
    """`covered` are the spans that were pulled whole, in order and apart. `cursor`: everything from the first pull up to
    there is stored. `settled` is the UTC day on which what may still change was last read again. `jobs` are those that wait
    for something, and the last one that is over. `aside` are the windows of which rows that could not be read are kept."""

    version: int = 0
    cursor: int | None = None
    covered: Sequence[Span] = ()
    settled: str | None = None
    jobs: Mapping[int, Job] = field(default_factory=dict)
    counts: Counts = NOTHING
    last_success: int | None = None
    last_error: Failure | None = None
    aside: Sequence[Span] = ()

    def begun(self, job: Job, *, settled: str | None = None) -> "StreamState":
        """With a job more. Those that are over are forgotten, and those of which nothing was heard for so long that the queue
        cannot have their messages any more."""
        job = replace(job, run=max([job.run, *(run + 1 for run in self.jobs)]))  # two may begin in one millisecond
        alive = {run: each for run, each in self.jobs.items() if not each.is_over and each.heard_of > job.run - LOST}
        jobs = alive | {job.run: job}
        cursor = job.start if self.cursor is None else self.cursor
        return replace(self, jobs=jobs, cursor=cursor, settled=settled or self.settled)

    def waits_for(self, run: int, window: Span) -> bool:
        """Whether this window of this job is still to be pulled."""
        job = self.jobs.get(run)
        return job is not None and window in job.waiting

    def pulled(self, run: int, window: Span, counts: Counts, *, at: int) -> "StreamState":
        """After a window was pulled whole. The same again changes nothing."""
        if not self.waits_for(run, window):
            return self
        job = self.jobs[run]
        job = replace(
            job, waiting=[each for each in job.waiting if each != window], counts=job.counts + counts, touched=at
        )
        # What lies ahead of the run cannot be covered: a day that is not over will be longer tomorrow.
        covered = joined([*self.covered, (window[0], min(window[1], run))])
        return replace(
            self._with(job),
            covered=covered,
            cursor=_reach(covered, self.cursor),
            counts=self.counts + counts,
            last_success=at,
        )

    def keeping(self, window: Span) -> "StreamState":
        """With a window of which rows are kept aside."""
        return replace(self, aside=[*(each for each in self.aside if each != window), window][-MOST_ASIDE:])

    def not_keeping(self, windows: Sequence[Span]) -> "StreamState":
        """Without these."""
        if not windows:
            return self
        return replace(self, aside=[each for each in self.aside if each not in windows])

    def failed(self, run: int, failure: Failure) -> "StreamState":
        """After a window was given up."""
        if not self.waits_for(run, failure.window):
            return self
        job = self.jobs[run]
        waiting = [each for each in job.waiting if each != failure.window]
        return replace(
            self._with(replace(job, waiting=waiting, failed=[*job.failed, failure], touched=failure.at)),
            last_error=failure,
        )

    def _with(self, job: Job) -> "StreamState":
        """With what has become of a job; when it is over, others that are over are forgotten."""
        jobs = {run: each for run, each in self.jobs.items() if not (job.is_over and each.is_over)} | {job.run: job}
        return replace(self, jobs=jobs)


@dataclass(frozen=True, slots=True)
class Feed:
    """How far a source that is pulled by the clock has come with the stream that is furthest behind: everything up to
    `through` (an instant) is stored. `kinds` are those of facts that its streams bring, `problem` is its last error."""

    source: str
    through: int
    every_hours: int
    kinds: frozenset[str]
    problem: str | None = None


def joined(spans: Sequence[Span]) -> list[Span]:
    """The same time as spans that neither touch nor overlap, in order."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _reach(covered: Sequence[Span], cursor: int | None) -> int | None:
    """How far one comes from the cursor without a gap."""
    if cursor is None:
        return None
    return max([cursor, *(end for start, end in covered if start <= cursor)])
