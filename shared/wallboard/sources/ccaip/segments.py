"""How long each segment of a call was, in seconds, by the vendor's own formulas: pure functions of one row.

None is: does not apply, or is not known yet. That is so wherever one of the two ends is missing, or the difference is below
0; 0 is measured. A chat has the same segments once it is told in a call's words (`chats.as_call`).

The vendor's documents disagree with each other. Here: waiting ends when somebody is connected, not when an agent is
assigned (`queue_duration`, which counts up to there, is kept beside it as `queueReported`); handling ends with the call
(`call_duration`, in which wrap-up is contained, is kept as `handleReported`).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from wallboard.sources._source import Row
from wallboard.sources._values import instant, known, seconds, text
from wallboard.sources.ccaip._cells import agents, each, first, inner, third_parties

Seconds = float | int
Spell = tuple[int, int, str]
"""(connected, ended, who)."""


def segments(row: Row) -> dict[str, Seconds]:
    """All that can be computed, by the names under which they are reported."""
    return known(
        billing=billing(row),
        ivr=ivr(row),
        queue=queue(row),
        handle=handle(row),
        ring=ring(row),
        transfer=transfer(row),
        conference=conference(row),
        thirdParty=third_party(row),
        talk=talk(row),
        talkClean=talk_clean(row),
        hold=hold(row),
        wrap=wrap(row),
    )


def billing(row: Row) -> Seconds | None:
    """ends_at − created_at; call time is the same. One that was booked in advance contains the time until then."""
    return _between(row, "created_at", row, "ends_at")


def ivr(row: Row) -> Seconds | None:
    """queued_at − created_at: the menu, and a bot before the queue. None when it never queued or was booked in advance."""
    return None if is_booked(row) else _between(row, "created_at", row, "queued_at")


def is_booked(row: Row) -> bool:
    return row.get("scheduled_at") is not None or "scheduled" in (text(row, "call_type") or "").lower()


def queue(row: Row) -> Seconds | None:
    """connected_at − queued_at, which is the wait as well. None when nobody was connected. When a bot was connected first,
    the vendor writes a later queued_at over the first, and the difference is below 0: None."""
    return _between(row, "queued_at", row, "connected_at")


def handle(row: Row) -> Seconds | None:
    """ends_at − connected_at: with hold, without wrap-up. A bot counts as connected."""
    return _between(row, "connected_at", row, "ends_at")


def ring(row: Row) -> Seconds | None:
    """connected_at − connecting_at. connecting_at is not always on the wire: then as `is_ring_derived` says."""
    return _ring(row)[0]


def is_ring_derived(row: Row) -> bool:
    """Whether `ring` is the first leg's reported assigned_connection_duration, or without that its agent's connected_at −
    assigned_at: what is there in place of connecting_at."""
    return _ring(row)[1]


def _ring(row: Row) -> tuple[Seconds | None, bool]:
    reported = _between(row, "connecting_at", row, "connected_at")
    if reported is not None or row.get("connected_at") is None:
        return reported, False
    derived = seconds(first(each(row, "handle_durations"), "started_at"), "assigned_connection_duration")
    if derived is None:
        waits = [_between(row, "assigned_at", who, "connected_at") for who in agents(row)]
        derived = min((wait for wait in waits if wait is not None), default=None)
    return derived, derived is not None


def transfers(row: Row) -> list[Seconds | None]:
    """Of each transfer: its receiver's connected_at − its created_at; None when nobody took it. The receiver is the
    participant to whom it went and who was connected first after it."""
    return [_transfer(row, one) for one in each(row, "transfers")]


def _transfer(row: Row, one: Row) -> Seconds | None:
    receiver = text(inner(one, "to_agent"), "id")
    took = [_between(one, "created_at", who, "connected_at") for who in agents(row) if text(who, "user_id") == receiver]
    if receiver and (found := [wait for wait in took if wait is not None]):
        return min(found)
    return _between(one, "created_at", one, "connected_at")


def transfer(row: Row) -> Seconds | None:
    """The sum of `transfers`; None when there was none that somebody took."""
    found = [wait for wait in transfers(row) if wait is not None]
    return sum(found) if found else None


def conference(row: Row) -> Seconds | None:
    """The time on the clock during which at least two different agents were connected. None with fewer than two agents; 0
    when two were there one after the other."""
    spells = _spells(row, agents(row), "agent")
    if spells is None or len({who for _, _, who in spells}) < 2:
        return None
    return _time(spells, lambda present: len(present) > 1)


def third_party(row: Row) -> Seconds | None:
    """The time on the clock during which a third party and at least one agent were connected. None without a third party;
    less than the third party's own time when it stayed longer than the agents."""
    others, ours = _spells(row, third_parties(row), "third"), _spells(row, agents(row), "agent")
    if not others or ours is None:
        return None
    return _time([*others, *ours], lambda present: len({who.partition(":")[0] for who in present}) > 1)


def talk(row: Row) -> Seconds | None:
    """call_duration − hold_duration. Contains wrap-up and the work before the call, because call_duration does: it can be
    longer than `handle`. None when no agent handled it, and as long as it goes on."""
    if not _is_handled(row):
        return None
    return _less_hold(row, seconds(row, "call_duration"))


def talk_clean(row: Row) -> Seconds | None:
    """The sum of handle_durations[].call_duration − hold_duration: without wrap-up and the work before the call."""
    if not _is_handled(row):
        return None
    parts = [seconds(one, "call_duration") for one in each(row, "handle_durations")]
    found = [part for part in parts if part is not None]
    return _less_hold(row, sum(found) if found else None)


def hold(row: Row) -> Seconds | None:
    """hold_duration, as reported."""
    return seconds(row, "hold_duration")


def wrap(row: Row) -> Seconds | None:
    """The sum of handle_durations[].acw_duration. None when no agent handled it."""
    parts = [seconds(one, "acw_duration") for one in each(row, "handle_durations")]
    found = [part for part in parts if part is not None]
    return sum(found) if found else None


def _is_handled(row: Row) -> bool:
    is_over = row.get("connected_at") is not None and row.get("ends_at") is not None
    return is_over and bool(each(row, "handle_durations") or row.get("call_duration"))


def _less_hold(row: Row, duration: Seconds | None) -> Seconds | None:
    if duration is None:
        return None
    left = duration - (hold(row) or 0)
    return left if left >= 0 else None


def _between(row: Row, begin: str, other: Row, end: str) -> Seconds | None:
    start, over = instant(row, begin), instant(other, end)
    if start is None or over is None or over < start:
        return None
    return _in_seconds(over - start)


def _in_seconds(milliseconds: int) -> Seconds:
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def _spells(row: Row, people: Sequence[Row], kind: str) -> list[Spell] | None:
    """When each was connected. None when it is not known of all of them how long, or the call goes on."""
    spells: list[Spell] = []
    if row.get("ends_at") is None:
        return None
    for who in people:
        start, end = instant(who, "connected_at"), instant(who, "ended_at")
        if start is None:
            continue
        if end is None or end < start:
            return None
        spells.append((start, end, f"{kind}:{text(who, 'user_id') or text(who, 'id')}"))
    return spells


def _time(spells: Sequence[Spell], is_counted: Callable[[set[str]], bool]) -> Seconds:
    edges = sorted({at for start, end, _ in spells for at in (start, end)})
    total = 0
    for begin, end in pairwise(edges):
        present = {who for start, over, who in spells if start <= begin and end <= over}
        if is_counted(present):
            total += end - begin
    return _in_seconds(total)
