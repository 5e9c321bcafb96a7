"""The legs of a call: one for each agent that it was offered to or who took part."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wallboard.sources._source import Event, Row
from wallboard.sources._values import instant, known, required, seconds, text
from wallboard.sources.ccaip._cells import NEVER, agents, each, first, inner, names

_OUTCOMES = {"ag_canceled": "declined", "ag_ignored": "missed", "expired": "missed", "transfer_expired": "missed"}


@dataclass(slots=True)
class Part:
    """What belongs to one leg: the participant, and the handle_durations of its talk and its wrap-up."""

    who: Row
    talks: list[Row] = field(default_factory=list)
    wraps: list[Row] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The participant's, which is there from the beginning; a handle row comes when the agent is done."""
        return (
            required(self.who, "id")
            if self.who
            else f"h{required(self.talks[0] if self.talks else self.wraps[0], 'id')}"
        )

    @property
    def agent(self) -> str | None:
        return text(self.who, "user_id") or next((text(one, "agent_id") for one in self.talks + self.wraps), None)


def parts(row: Row) -> list[Part]:
    """Every engagement of an agent. A talk row belongs to the participant of its agent that was connected at that time; a
    wrap-up row to the last engagement of its agent before it."""
    found = [Part(who) for who in agents(row)]
    rows = sorted(each(row, "handle_durations"), key=lambda one: instant(one, "started_at") or 0)
    for one in rows:
        if not _is_wrap(one):
            begun = instant(one, "started_at") or 0
            free = [part for part in found if part.who and part.agent == text(one, "agent_id") and not part.talks]
            if not free:
                found.append(Part({}, [one]))
                continue
            min(free, key=lambda part: abs((instant(part.who, "connected_at") or NEVER) - begun)).talks.append(one)
    for one in rows:
        if _is_wrap(one):
            own = [part for part in found if part.agent == text(one, "agent_id")]
            if not own:
                found.append(Part({}, [], [one]))
                continue
            _before(own, instant(one, "started_at") or 0).wraps.append(one)
    return found


def _is_wrap(one: Row) -> bool:
    return not seconds(one, "call_duration") and not seconds(one, "bcw_duration") and bool(seconds(one, "acw_duration"))


def _before(own: Sequence[Part], at: int) -> Part:
    earlier = [part for part in own if _begun(part) <= at] or list(own)
    return max(earlier, key=_begun)


def _begun(part: Part) -> int:
    begun = instant(part.who, "connected_at")
    if begun is None and part.talks:
        begun = instant(part.talks[0], "started_at")
    return begun if begun is not None else 0


def legs(row: Row, kind: str, shared: dict[str, Any], *, is_answered: bool) -> list[Event]:
    """The legs of a call, or of a chat in a call's words. `kind` is which of them: their participants have ids of their own.
    `shared` is what they have in common with the interaction."""
    called = names(row)
    return [_leg(row, part, kind, called, is_answered=is_answered) | shared for part in parts(row)]


def _leg(row: Row, part: Part, kind: str, called: Any, *, is_answered: bool) -> Event:
    accepted = instant(part.who, "connected_at")
    ended = instant(part.who, "ended_at")
    talk = part.talks[0] if part.talks else {}
    if talk and accepted is None:
        accepted = instant(talk, "started_at")
    if talk and ended is None:
        ended = instant(talk, "ended_at")
    ring = seconds(talk, "assigned_connection_duration")
    took = _transfer_to(row, part, talk)
    offered = accepted - round(ring * 1000) if accepted is not None and ring is not None else _assigned(row, part, took)
    said = [one for one in each(row, "dispositions") if part.who and text(one, "participant_id") == part.id]
    is_begun = accepted is not None and (is_answered or bool(talk))
    begun = accepted if accepted is not None else offered
    return {
        "kind": "leg",
        "id": f"leg:{kind}:{part.id}",
        "outcome": _outcome(row, part, accepted, ended) if is_begun else _refusal(row, part.who),
        "durations": _durations(part, talk, ring),
        **_queue(row, took),
        **known(
            agentId=part.agent,
            agentName=called.get(part.agent),
            offeredAt=offered,
            acceptedAt=accepted if is_begun else None,
            startedAt=begun,
            endedAt=ended,
            disposition=text(said[-1], "code") if said else None,
        ),
    }


def _durations(part: Part, talk: Row, ring: float | None) -> dict[str, Any]:
    """Talk is without hold, wrap-up and the work before the call, which is told apart. What is not said yet is left out."""
    handled = [*part.talks, *part.wraps]
    duration, hold = seconds(talk, "call_duration"), seconds(talk, "hold_duration")
    wraps = [wrap for one in handled if (wrap := seconds(one, "acw_duration")) is not None]
    return known(
        ring=ring,
        talk=max(0, duration - (hold or 0)) if duration is not None else None,
        hold=hold,
        wrap=sum(wraps) if wraps else None,
        beforeCall=seconds(talk, "bcw_duration") or None,
    )


def _outcome(row: Row, part: Part, accepted: int | None, ended: int | None) -> str:
    """Whoever took it and gave it away while connected has transferred it."""
    given = [
        instant(one, "created_at")
        for one in each(row, "transfers")
        if came_about(one) and text(inner(one, "from_agent"), "id") == part.agent
    ]
    last = ended if ended is not None else NEVER
    return "transferred" if any(at is not None and (accepted or 0) <= at <= last for at in given) else "accepted"


def came_about(transfer: Row) -> bool:
    """Whether a transfer did not fail: that somebody took it, or that it is still going on."""
    return "fail" not in (text(transfer, "status") or "").lower()


def _refusal(row: Row, who: Row) -> str:
    """What became of a leg that nobody took. One that rang until somebody else ended the call was missed; who was connected,
    such as whoever dialled a call that nobody answered, has missed nothing."""
    if said := _OUTCOMES.get((text(who, "fail_reason") or "").lower()):
        return said
    is_over = instant(row, "ends_at") is not None or (text(who, "status") or "").lower() == "failed"
    return "missed" if who and is_over and instant(who, "connected_at") is None else "unknown"


def _transfer_to(row: Row, part: Part, talk: Row) -> Row:
    """The transfer by which a leg came about; an empty one for the first."""
    id = text(talk, "transfer_id")
    begun = instant(part.who, "connected_at")
    for one in each(row, "transfers"):
        if id is not None and text(one, "id") == id:
            return one
        took = instant(one, "connected_at")
        if not talk and took is not None and took == begun and text(inner(one, "to_agent"), "id") == part.agent:
            return one
    return {}


def _assigned(row: Row, part: Part, took: Row) -> int | None:
    """When a leg was offered that has no handle row: the first agent's assignment is the call's."""
    if took:
        return instant(took, "assigned_at")
    earliest = first(each(row, "queue_durations"), "started_at")
    is_first = text(earliest, "agent_id") in (None, part.agent) and not each(row, "transfers")
    return instant(row, "assigned_at") if is_first else None


def _queue(row: Row, took: Row) -> dict[str, Any]:
    """The menu from which a leg came: that of its transfer, or the one before the first transfer, or that of the call."""
    if took:
        return path_end(took, "to_menu_path", "to_menu")
    moved = first(each(row, "transfers"), "created_at")
    return path_end(moved, "from_menu_path", "from_menu") or menu(row)


def menu(row: Row) -> dict[str, Any]:
    """The menu of a call: what was selected, or the end of its path."""
    selected = inner(row, "selected_menu")
    if id := text(selected, "id"):
        return known(queueId=id, queueName=text(selected, "name"))
    return path_end(row, "menu_path")


def path_end(row: Row, *fields: str) -> dict[str, Any]:
    """The last menu of a path, whose ids and names are joined by slashes; older rows have the menu itself."""
    for name in fields:
        path = inner(row, name)
        id = (text(path, "materialized_path") or text(path, "id") or "").rpartition("/")[2]
        if id:
            return known(queueId=id, queueName=(text(path, "name") or "").rpartition("/")[2] or None)
    return {}
