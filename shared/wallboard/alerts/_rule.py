"""What an alert rule is: what it looks at, and a pure function from that to its findings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import wallboard.alerts
from wallboard.errors import BrokenMember
from wallboard.measures.figures import Figures
from wallboard.model.gauges import Gauges
from wallboard.model.periods import Period
from wallboard.model.pulls import Feed
from wallboard.model.time import midnight
from wallboard.model.words import figure
from wallboard.registry import Family

Severity = Literal["info", "warning", "critical"]
SEVERITIES: Sequence[Severity] = ("critical", "warning", "info")
"""The worst first."""

Levels = Mapping[Severity, int]
"""From which percentage (or how many points) on a finding has which severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a rule may look at. `filters` narrow the figures to its subject: {} for the account, {"bot": id} for a bot.
    `newest` is the latest anchor among all facts (an instant), None without any; `feeds` are the sources that are pulled."""

    period: Period
    figures: Figures
    gauges: Gauges
    filters: Mapping[str, Any] = field(default_factory=dict)
    newest: int | None = None
    feeds: Sequence[Feed] = ()

    def of(self, bot: str) -> "Evidence":
        """The same about one bot."""
        return replace(self, filters={"bot": bot})

    def whole_days(self, measure: str, **filters: Any) -> list[int]:
        """The measure by day up to today; a first day that the window cuts is left out."""
        days = self.figures.by_part(measure, **self.filters, **filters)
        cut = self.period.window.start > midnight(date.fromisoformat(days[0][0]), self.period.zone)
        return [total for _, total in days[cut:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule reads of a subject. `severity` is None while all is well. `subject` tells the readings of one rule apart;
    `baseline` is what `current` was compared with, `exact` the difference or the share, in percent or points, and
    `percentage` the same to one decimal."""

    type: str
    subject: str
    severity: Severity | None
    title: str
    message: str
    current: float
    baseline: float
    percentage: float
    exact: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`type` and `title` name the rule for people; `about` says whether it looks at the account or at each bot, in the last
    `period_days` beside as many before. A reading has the highest of the `levels` that it reaches; with less of what is
    compared than `least`, there is none. The rule fires after `times` findings in the last `of` evaluations. Reports show
    what `is_reported`: their contract has a closed list of types."""

    type: str
    title: str
    about: Literal["account", "bot"]
    find: Callable[["Rule", Evidence], Iterable[Finding]]
    levels: Levels
    least: int = 1
    times: int = 2
    of: int = 2
    period_days: int = 30
    cubes: tuple[str, ...] = ()
    gauges: tuple[str, ...] = ()
    is_reported: bool = True
    per: Literal["queue", "team"] | None = None
    what: str = ""

    def finding(
        self, percentage: Fraction | None, *, current: float, baseline: float, message: str, subject: str = ""
    ) -> Iterable[Finding]:
        """The reading of a percentage, if there is one. `message` may name {percent}, or {change}: `20 % more`."""
        if percentage is None:
            return
        rounded = to_tenths(percentage)
        yield Finding(
            type=self.type,
            subject=subject,
            severity=next((each for each in SEVERITIES if self._reaches(each, percentage)), None),
            title=self.title.format(subject=subject).strip(),
            message=message.format(
                percent=f"{figure(abs(rounded))} %",
                change=f"{figure(abs(rounded))} % {'fewer' if rounded < 0 else 'more'}",
            ),
            current=current,
            baseline=baseline,
            percentage=rounded,
            exact=percentage,
        )

    def _reaches(self, severity: Severity, percentage: Fraction) -> bool:
        level = self.levels.get(severity)
        return level is not None and (percentage >= level if level > 0 else percentage <= level)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules by the name of their file, and the files that cannot be loaded, each with the reason."""

    sound: Mapping[str, Rule]
    broken: Mapping[str, BrokenMember] = field(default_factory=dict)


def sound_rules() -> Rules:
    """Every rule there is."""
    family = Family(wallboard.alerts, attribute="RULE", member=Rule)
    sound: dict[str, Rule] = {}
    broken: dict[str, BrokenMember] = {}
    for name in family.names():
        try:
            sound[name] = family.load(name)
        except BrokenMember as error:
            broken[name] = error
    return Rules(sound, broken)


def all_rules() -> Mapping[str, Rule]:
    """Every rule by the name of its file. Raises BrokenMember for a file that cannot be loaded."""
    rules = sound_rules()
    for error in rules.broken.values():
        raise error
    return rules.sound


def to_tenths(exact: Fraction) -> float:
    """To one decimal, halves away from 0: as reports round."""
    size = (20 * abs(exact) + 1) // 2 / 10
    return size if exact >= 0 else -size


def percent(part: int, whole: int) -> Fraction | None:
    """part in percent of whole, exactly; None where there is no whole."""
    return Fraction(100 * part, whole) if whole else None


def growth(now: int, before: int) -> Fraction | None:
    """By how many percent `now` is more than `before`; None where there was nothing before."""
    return percent(now - before, before)
