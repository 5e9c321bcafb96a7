"""EventBridge's schedule expressions: `rate(15 minutes)` and `cron(15 2 * * ? *)` as a next moment."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from local.intrinsics import TemplateError

_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))  # the last but one: 1 is Sunday
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NUMBERS = {name: number for names in (_MONTHS, _DAYS) for number, name in enumerate(names, 1)}

NextMoment = Callable[[datetime], datetime | None]


def next_moment(expression: str) -> NextMoment:
    """A function from a moment to the next one, strictly later, at which the expression fires (None: never again).

    Raises TemplateError for an expression that it cannot read; `L`, `W` and `#` are such.
    """
    if match := re.fullmatch(r"rate\(([1-9]\d*) (minute|hour|day)s?\)", expression):
        period = timedelta(**{f"{match[2]}s": int(match[1])})
        return lambda moment: moment + period
    if match := re.fullmatch(r"cron\((\S+ \S+ \S+ \S+ \S+ \S+)\)", expression):
        try:
            return _cron(*map(_values, match[1].split(), _FIELDS))
        except ValueError as error:
            raise TemplateError(f"schedule {expression!r}: {error}") from error
    raise TemplateError(f"schedule {expression!r}: expected rate(n minutes|hours|days) or cron(with six fields)")


def _values(field: str, bounds: tuple[int, int]) -> list[int]:
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low = bounds[0] if span in ("*", "?") else _number(first)
        high = _number(last) if last else bounds[1] if step or span in ("*", "?") else low
        if not bounds[0] <= low <= high <= bounds[1]:
            raise ValueError(f"{part!r} is outside {bounds[0]}-{bounds[1]}")
        values.update(range(low, high + 1, int(step or 1)))
    return sorted(values)


def _number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def _cron(
    minutes: list[int], hours: list[int], days: list[int], months: list[int], weekdays: list[int], years: list[int]
) -> NextMoment:
    def after(moment: datetime) -> datetime | None:
        for offset in range(366 * 8):  # the next 29 February is at most 8 years away
            day = (moment.astimezone(UTC) + timedelta(days=offset)).date()
            wanted = day.year in years and day.month in months and day.day in days
            if wanted and day.isoweekday() % 7 + 1 in weekdays:
                for hour in hours:
                    for minute in minutes:
                        found = datetime.combine(day, time(hour, minute), UTC)
                        if found > moment:
                            return found
        return None

    return after
