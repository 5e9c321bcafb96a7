"""Agents, teams and what agents were doing, as CCAI Platform tells them."""

from collections.abc import Iterator
from functools import lru_cache

from local.simulators._ccaip_rows import is_chat
from local.simulators._ccaip_words import Row, menu, user
from local.simulators.centre import DAY, QUEUES, SECOND, TEAMS, Agent, Centre, Shift
from wallboard.model.time import iso

_STATUSES = ("Available", "Break", "Meal", "Training room", "Offline", "In-call", "In-chat", "Wrap-up")
_ROOT = 10


def _status(name: str) -> Row:
    return {"id": 1 + _STATUSES.index(name), "name": name, "color": "#2ecc71"}


def team_row(centre: Centre, place: int) -> Row:
    own = [agent for agent in centre.agents if agent.team == TEAMS[place]]
    return _team(_ROOT + 1 + place, TEAMS[place], _ROOT, len(own))


def _team(id: int, name: str, parent: int | None, count: int, *, deleted: bool = False) -> Row:
    return {
        "id": id,
        "name": name,
        "parent_id": parent,
        "position": 0,
        "agents_count": count,
        "deleted": deleted,
    }


def team_rows(centre: Centre) -> list[Row]:
    """A list of teams does not name their people; a team by itself does."""
    return [
        _team(_ROOT, "All", None, 0),
        *(team_row(centre, place) for place in range(len(TEAMS))),
        _team(99, "Closed", None, 0, deleted=True),
    ]


def with_assignees(centre: Centre, row: Row) -> Row:
    return {**row, "assignees": [user(agent) for agent in centre.agents if agent.team == row["name"]]}


def tree_rows(centre: Centre) -> list[Row]:
    children = [{**team_row(centre, place), "children": []} for place in range(len(TEAMS))]
    return [{**_team(_ROOT, "All", None, 0), "children": children}]


def menu_rows() -> list[Row]:
    return [menu(queue) for queue in QUEUES]


def agent_row(centre: Centre, agent: Agent, now: int) -> Row:
    place = TEAMS.index(agent.team)
    return {
        "id": agent.number,
        "email": agent.email,
        "created_at": "2025-06-01T08:00:00.000Z",
        "last_login_time": iso(now - now % DAY),
        "first_name": agent.first,
        "middle_name": None,
        "last_name": agent.last,
        "avatar_url": f"https://avatar.example.com/user/{agent.number}.png",
        "agent_number": f"A-{agent.number:04}",
        "status": _status("Available"),
        "status_updated_at": iso(now - 60 * SECOND),
        "crm_authenticated": True,
        "online": now % 2 == 0,
        "wrap_up": False,
        "call_count": 0,
        "chat_count": 0,
        "location": "en-US",
        "roles": ["agent"],
        "teams": [team_row(centre, place)],
        "channels": [{"channel_type": "voice", "menu": menu(QUEUES[0])}],
    }


def activity_rows(centre: Centre, start: int, end: int, now: int) -> list[Row]:
    """All that began between `start` and `end`, whoever did it. What goes on has no end yet."""
    rows = [row for shift in centre.shifts(start - 2 * DAY, end + 1) for row in _of_shift(centre, shift, now)]
    return [row for row in rows if iso(start) <= row["started_at"] <= iso(end)]


def _of_shift(centre: Centre, shift: Shift, now: int) -> Iterator[Row]:
    changes = _changes(centre, shift)
    id = shift.number * 1000
    yield _point(id, shift, shift.began_at, "login", "Offline")
    for place, (at, word, contact) in enumerate(changes):
        if word in ("In-call", "In-chat"):
            what = "chat_picked_up" if word == "In-chat" else "deltacast_call_picked_up"
            yield _point(id + 2 * place + 1, shift, at, what, "Available") | contact
        over = changes[place + 1][0] if place + 1 < len(changes) else _next_log_in(centre, shift)
        is_over = over is not None and over <= now
        yield _row(id + 2 * place + 2, shift, at, "user_status_changed", word) | {
            "ended_at": iso(over) if is_over and over is not None else None,
            "duration": (over - at) // SECOND if is_over and over is not None else None,
            **contact,
        }


@lru_cache(maxsize=4096)
def _changes(centre: Centre, shift: Shift) -> list[tuple[int, str, Row]]:
    """When the agent's status changed, in order; the last is that of the log-out."""
    found: list[tuple[int, str, Row]] = [(shift.began_at, "Available", {})]
    for name, began, over in shift.breaks:
        found += [(began, name.capitalize(), {}), (over, "Available", {})]
    for call in centre.touching(shift.began_at, shift.ended_at):
        for leg in call.legs:
            if leg.agent != shift.agent:
                continue
            kind = "chat" if is_chat(call) else "call"
            contact = {f"{kind}_id": call.number}
            found.append((leg.accepted_at, f"In-{kind}", contact))
            if leg.wrap:
                found.append((leg.ended_at, "Wrap-up", contact))
            found.append((leg.ended_at + leg.wrap * SECOND, "Available", {}))
    inside = {at: (at, word, contact) for at, word, contact in sorted(found, key=lambda each: each[0])}
    kept = [change for at, change in inside.items() if shift.began_at <= at < shift.ended_at]
    return [*kept, (shift.ended_at, "Offline", {})]


def _next_log_in(centre: Centre, shift: Shift) -> int | None:
    following = centre.shifts(shift.ended_at, shift.ended_at + 2 * DAY)
    return min((each.began_at for each in following if each.agent == shift.agent), default=None)


def _point(id: int, shift: Shift, at: int, activity: str, word: str) -> Row:
    return _row(id, shift, at, activity, word) | {"ended_at": iso(at), "duration": 0}


def _row(id: int, shift: Shift, at: int, activity: str, word: str) -> Row:
    return {
        "id": id,
        "agent_id": shift.agent.number,
        "whodunnit": user(shift.agent),
        "status": _status(word),
        "started_at": iso(at),
        "ended_at": None,
        "duration": None,
        "activity": activity,
        "call_id": None,
        "chat_id": None,
    }
