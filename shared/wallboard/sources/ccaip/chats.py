"""A chat in the words of a call, so that both have the same segments and legs."""

from typing import Any

from wallboard.sources._source import Row
from wallboard.sources.ccaip._cells import agents, each, first


def as_call(row: Row) -> dict[str, Any]:
    """The row with the names of a call's times and durations.

    A chat does not say when it queued or was connected: it queued with its first queue_durations[].started_at, and was
    connected with its first agent, so that the wait of one that a bot escalated is known. There is no hold, and
    chat_duration does not contain wrap-up, other than a call's duration.
    """
    people = [
        {**who, "ended_at": who.get("finished_at"), "call_duration": who.get("chat_duration")}
        for who in each(row, "participants")
    ]
    return {
        **row,
        "call_type": row.get("chat_type"),
        "queued_at": first(each(row, "queue_durations"), "started_at").get("started_at"),
        "connected_at": first(agents(row), "connected_at").get("connected_at"),
        "call_duration": row.get("chat_duration"),
        "hold_duration": None,
        "participants": people,
        "handle_durations": [
            {**one, "call_duration": one.get("chat_duration")} for one in each(row, "handle_durations")
        ],
    }
