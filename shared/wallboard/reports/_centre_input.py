"""What contact-centre reports are asked: a period, in parts, in groups, and what is left out."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from wallboard.measures.blocks import Filter
from wallboard.model.results import Id, PeriodInput
from wallboard.model.time import Grain

Place = Literal["source", "channel", "direction", "queue", "team", "agent"]
PLACES: Sequence[Place] = ("source", "channel", "direction", "queue", "team", "agent")


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("twice", "names something twice")
    return names


Some = Annotated[list[Id], Field(min_length=1, max_length=100)]


class CentreInput(PeriodInput):
    """What every contact-centre report is asked: a period, in parts, in groups, and what is left out. A filter is a value or
    a list of values, any of which will do."""

    granularity: Annotated[Grain, Field(description="What the rows are cut into; 15min of at most 7 days.")] = "total"
    group_by: Annotated[
        tuple[Place, ...],
        Strict(False),
        AfterValidator(_distinct),
        Field(description="A row for each combination of these."),
    ] = ()
    source: Annotated[Id | Some | None, Field(description="Only what these sources brought.")] = None
    channel: Annotated[Id | Some | None, Field(description="Only these channels.")] = None
    direction: Annotated[Id | Some | None, Field(description="inbound, outbound or internal.")] = None
    queue_id: Annotated[Id | Some | None, Field(description="Only these queues.")] = None
    team_id: Annotated[Id | Some | None, Field(description="Only these teams.")] = None
    agent_id: Annotated[Id | Some | None, Field(description="Only these agents.")] = None
    compare: Annotated[bool, Field(description="Beside each row the same of the period before.")] = False

    def filters(self) -> dict[str, Filter]:
        """By dimension what must hold."""
        asked = {
            "source": self.source,
            "channel": self.channel,
            "direction": self.direction,
            "queue": self.queue_id,
            "team": self.team_id,
            "agent": self.agent_id,
        }
        return {name: OneOf(given) if isinstance(given, list) else given for name, given in asked.items() if given}


class OneOf(frozenset[str]):
    """A filter: any of these values. Equal where its values are, so that what was read with it is found again."""

    def __call__(self, value: str) -> bool:
        return value in self
