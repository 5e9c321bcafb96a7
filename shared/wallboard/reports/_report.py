"""What a report is: its words, its input, what it reads, and how it builds its answer. It never meets the store."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from wallboard.alerts._settings import AlertSettings
from wallboard.measures.cube import Record
from wallboard.measures.figures import Figures
from wallboard.model.facts import Rows
from wallboard.model.gauges import Gauges
from wallboard.model.periods import Period
from wallboard.model.results import Input, Output
from wallboard.model.time import Window
from wallboard.reports._columns import Cell, Column, Count

Category = Literal["engagement", "performance", "quality", "contact", "resource", "overview", "alert", "centre"]
Place = tuple[str, str]
"""A kind of facts and a UTC hour."""

Thing = tuple[str, str]
"""A type of thing and its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What a build may look at: of everything just what the report declares.

    `figures` are those of the period, `ever` those of all time. `labels` are the latest names of the things that the
    report asked for; one without a name has None. `shows_people` is False where the key may not see names of contacts.
    """

    period: Period
    figures: Figures
    ever: Figures
    gauges: Gauges
    rows: Mapping[Place, Rows] = field(default_factory=dict)
    labels: Mapping[Thing, str | None] = field(default_factory=dict)
    shows_people: bool = True
    alert_settings: AlertSettings = field(default_factory=AlertSettings)

    def label(self, type_: str, name: str) -> str | None:
        """The latest name of a thing, None where it has none, or the key may not see it."""
        return None if type_ == "contact" and not self.shows_people else self.labels.get((type_, name))


@dataclass(frozen=True, slots=True)
class Counted:
    """A fact that a figure counts: of which kind and hour (since 1970) it is, and how much it adds. A fact that is counted
    several times has a `nth` for each."""

    kind: str
    hour: int
    fact: Record
    amount: Any
    nth: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`kinds` of facts are counted; `reads` must be known to tell, also those of so many hours `ahead`. They lie in `span`,
    where the roll-ups of `cubes` have something."""

    kinds: Sequence[str]
    reads: Sequence[str]
    cubes: Sequence[str]
    span: Window
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Sought:
    """What is counted: one side of a figure, of an input, in a row and a window. `told` are the sources that tell of a measure,
    `now` is the instant as of which it is asked."""

    count: Count
    asked: Any
    row: Mapping[str, str]
    window: Window
    told: Mapping[str, Sequence[str]]
    now: int


FactsOf = Callable[[str, int], Rows]
"""(kind, hour since 1970) → the live facts."""


class Drill(Protocol):
    """How the figures of a report are followed to the facts that they count. `row` are the labels of a row, by dimension;
    empty for the totals."""

    @property
    def columns(self) -> Sequence[Column]: ...

    def labels(self, asked: Any) -> Sequence[str]:
        """The dimensions by which rows are told apart."""
        ...

    def cell(self, asked: Any, data: Data, row: Mapping[str, str], window: Window) -> Cell:
        """What the columns of a row look at, in a part of the period."""
        ...

    def plan(self, count: Count, asked: Any, window: Window) -> Plan:
        """Where to look for what is counted in a window."""
        ...

    def told(self, count: Count, asked: Any, cell: Cell) -> Mapping[str, Sequence[str]]:
        """What must be known of a cell to count single facts: by measure the sources that tell of it."""
        ...

    def counted(self, sought: Sought, hours: Sequence[int], facts: FactsOf) -> Iterator[Counted]:
        """What is counted among the facts of these hours (since 1970)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report reads `cubes` in the period that its input names (`contact_cubes` instead, where it is asked about one
    contact), `ever` of all time, and the gauges of some types. From what it finds there, it may ask for the facts of some
    hours (`facts`), and then for the names of things (`names`); `build` makes the answer.

    `created` is the day (ISO) it was added. `table` names the field of the output that is its table, "" where the output
    itself is one row, None where it is no table. `drill` follows its figures to the facts; None where that cannot be.
    """

    id: str
    name: str
    description: str
    category: Category
    definition: str
    unit: str
    time_basis: str
    created: str
    input: type[Input]
    output: type[Output]
    build: Callable[[Any, Data], Output]
    cubes: tuple[str, ...] = ()
    contact_cubes: tuple[str, ...] = ()
    ever: tuple[str, ...] = ()
    gauges: tuple[str, ...] = ()
    facts: Callable[[Any, Data], Iterable[Place]] = lambda asked, data: ()
    names: Callable[[Any, Data], Iterable[Thing]] = lambda asked, data: ()
    compares: bool = True
    shows_alerts: bool = False
    table: str | None = None
    drill: Drill | None = None

    def reads(self, asked: Any) -> tuple[str, ...]:
        """The cubes of the period."""
        return self.contact_cubes if getattr(asked, "contact_id", None) is not None else self.cubes
