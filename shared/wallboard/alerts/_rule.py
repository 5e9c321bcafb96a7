"""What an alert rule is: what it looks at, and a pure function from that to its findings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from wallboard.measures.figures import Figures
from wallboard.model.gauges import Gauges
from wallboard.model.periods import Period
from wallboard.model.time import midnight

Severity = Literal["info", "warning", "critical"]
SEVERITIES: Sequence[Severity] = ("critical", "warning", "info")
"""The worst first."""

Levels = Mapping[Severity, int]
"""From which percentage (or how many points) on a finding has which severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a rule may look at. `filters` narrow the figures to its subject: {} for the account, {"bot": id} for a bot."""

    period: Period
    figures: Figures
    gauges: Gauges
    filters: Mapping[str, Any]

    def whole_days(self, measure: str, **filters: Any) -> list[int]:
        """The measure by day up to today; a first day that the window cuts is left out."""
        days = self.figures.by_part(measure, **self.filters, **filters)
        cut = self.period.window.start > midnight(date.fromisoformat(days[0][0]), self.period.zone)
        return [total for _, total in days[cut:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it should be. `subject` tells findings of one rule apart; `baseline` is what `current` was
    compared with, `percentage` the difference or the share, in percent or points."""

    type: str
    subject: str
    severity: Severity
    title: str
    message: str
    current: float
    baseline: float
    percentage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`type` and `title` name the rule for people; `about` says whether it looks at the account or at each bot."""

    type: str
    title: str
    about: Literal["account", "bot"]
    find: Callable[["Rule", Evidence], Iterable[Finding]]
    levels: Levels
    least: int = 1
    cubes: tuple[str, ...] = ()
    gauges: tuple[str, ...] = ()

    def finding(
        self, percentage: Fraction | None, *, current: float, baseline: float, message: str, subject: str = ""
    ) -> Iterable[Finding]:
        """The finding of the highest level that a percentage reaches, if any. `message` may name {percent}."""
        if percentage is None:
            return
        for severity in SEVERITIES:
            level = self.levels.get(severity)
            if level is not None and (percentage >= level if level >= 0 else percentage <= level):
                rounded = round(float(percentage), 1)
                yield Finding(
                    type=self.type,
                    subject=subject,
                    severity=severity,
                    title=self.title.format(subject=subject).strip(),
                    message=message.format(percent=f"{abs(rounded):g} %"),
                    current=current,
                    baseline=baseline,
                    percentage=rounded,
                )
                return


def percent(part: int, whole: int) -> Fraction | None:
    """part in percent of whole, exactly; None where there is no whole."""
    return Fraction(100 * part, whole) if whole else None


def growth(now: int, before: int) -> Fraction | None:
    """By how many percent `now` is more than `before`; None where there was nothing before."""
    return percent(now - before, before)
