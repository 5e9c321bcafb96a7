"""The plain recount: every report again, from nothing but the accepted events."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.simulation.alerts import account_alerts, bot_alerts
from tests.simulation.ledger import Event, Ledger, is_token, source
from tests.simulation.overviews import comprehensive, platform
from tests.simulation.tally import Tally
from tests.simulation.windows import period_of, written

Answer = dict[str, Any]
Answering = Callable[[Tally, dict[str, Any]], Answer]


class Recount:
    """`accepted`: every accepted event, times in epoch milliseconds, with the instant at which it was received."""

    def __init__(self, accepted: list[tuple[Event, int]], *, now: int) -> None:
        self.ledger = Ledger(accepted)
        self._now = now

    def answer(self, report_id: str, asked: dict[str, Any], *, zone: str) -> Answer:
        """What a report must answer, but for its prose: titles and messages of alerts, descriptions of entries."""
        period = period_of(asked, now=self._now, zone=zone, usual_days=USUAL_DAYS.get(report_id, 30))
        tally = Tally(self.ledger, period, asked.get("botId"), asked.get("contactId"))
        return ANSWERS[report_id](tally, asked)


def _metric(what: str) -> Answering:
    def answer(tally: Tally, asked: dict[str, Any]) -> Answer:
        return {
            "value": tally.total(what),
            "change": tally.change(what),
            "period": tally.period.label,
            "breakdown": tally.breakdown(what),
        }

    return answer


def _total_ratings(tally: Tally, asked: dict[str, Any]) -> Answer:
    return _metric("ratings")(tally, asked) | {"thumbsUp": tally.total("up"), "thumbsDown": tally.total("down")}


def _active_contacts(tally: Tally, asked: dict[str, Any]) -> Answer:
    return {
        "value": tally.people(),
        "change": tally.people() - tally.people_before(),
        "period": tally.period.label,
        "breakdown": tally.people_by_part(),
    }


def _total_contacts(tally: Tally, asked: dict[str, Any]) -> Answer:
    return {"value": len(tally.ledger.people()), "period": "all time"}


def _average(type_: str) -> Answering:
    def answer(tally: Tally, asked: dict[str, Any]) -> Answer:
        return {"value": tally.average(type_), "period": tally.period.label}

    return answer


def _bot_stats(tally: Tally, asked: dict[str, Any]) -> Answer:
    return {
        "totalConversations": tally.total("conversations"),
        "totalMessages": tally.total("messages"),
        "totalTokens": tally.total("tokens"),
        "totalRatings": tally.total("ratings"),
        "thumbsUp": tally.total("up"),
        "thumbsDown": tally.total("down"),
        "sentimentSignal": _sentiment(tally),
        "period": tally.period.label,
    }


def _bot_performance(tally: Tally, asked: dict[str, Any]) -> Answer:
    ratings, up, down = (tally.by_part(what) for what in ("ratings", "up", "down"))
    answer: Answer = {
        what: {
            "current": tally.total(what),
            "previous": tally.before(what),
            "change": tally.change(what),
            "breakdown": tally.breakdown(what),
        }
        for what in ("conversations", "messages", "tokens")
    }
    answer["ratings"] = {
        "thumbsUp": tally.total("up"),
        "thumbsDown": tally.total("down"),
        "total": tally.total("ratings"),
        "change": tally.change("ratings"),
        "sentimentSignal": _sentiment(tally),
        "breakdown": [
            {"date": part, "total": ratings[part], "thumbsUp": up[part], "thumbsDown": down[part]} for part in ratings
        ],
    }
    return answer | {"period": tally.period.label}


def _sentiment(tally: Tally) -> str:
    up, down = tally.total("up"), tally.total("down")
    if up == down == 0:
        return "unknown"
    return "positive" if up > down else "negative" if down > up else "neutral"


def _quality(tally: Tally, asked: dict[str, Any]) -> Answer:
    conversations, depths = tally.total("conversations"), tally.depths(tally.events("conversation"))
    actions = Counter((action["type"], action["name"]) for action in tally.events("action"))
    most = sorted(actions.items(), key=lambda entry: (-entry[1], entry[0]))[:10]
    return {
        "avgMessagesPerConversation": {type_: tally.average(type_) for type_ in ("user", "bot", "activity")},
        "conversationDepth": depths,
        "totalConversations": conversations,
        "abandonmentRate": _one_decimal(100 * depths["singleTurn"], conversations),
        "avgTokensPerConversation": _one_decimal(tally.total("tokens"), conversations),
        "avgTokensPerMessage": _one_decimal(tally.total("tokens"), tally.total("messages")),
        "topActions": [{"type": type_, "name": name, "count": count} for (type_, name), count in most],
        "period": tally.period.label,
    }


def _one_decimal(part: int, whole: int) -> float:
    """part / whole, halves of a tenth upwards; 0 without a whole."""
    if not whole:
        return 0
    tenths, rest = divmod(10 * part, whole)
    return (tenths + (2 * rest >= whole)) / 10


def _negative_feedback(tally: Tally, asked: dict[str, Any]) -> Answer:
    down = [rating for rating in tally.events("rating") if rating["value"] < 0]
    down.sort(key=lambda rating: (-rating["createdAt"], rating["id"], source(rating)))
    return {
        "items": [_feedback(rating, tally) for rating in down[: asked.get("limit", 10)]],
        "total": tally.total("ratings"),
        "thumbsDown": tally.total("down"),
        "thumbsUp": tally.total("up"),
        "period": tally.period.label,
    }


def _feedback(rating: Event, tally: Tally) -> Answer:
    contact = rating.get("contactId")
    return {
        "id": rating["id"],
        "value": rating["value"],
        "reason": rating.get("reason"),
        "conversationId": rating.get("conversationId"),
        "messageId": rating.get("messageId"),
        "contactId": contact,
        "contactName": tally.ledger.names.get(("contact", contact)) if contact else None,
        "createdAt": written(rating["createdAt"]),
    }


def _conversation_usage(tally: Tally, asked: dict[str, Any]) -> Answer:
    """A conversation of any source, in the order asked, if it began in the period; what it took in the period."""
    began = {conversation["id"] for conversation in tally.events("conversation")}
    messages, usage = tally.events("message"), tally.events("usage")
    items = []
    for name in dict.fromkeys(asked["conversationIds"]):
        if name not in began:
            continue
        mine = [message for message in messages if message["conversationId"] == name]
        used = [row["count"] for row in usage if row.get("conversationId") == name and is_token(row["type"])]
        tokens = sum(used) + sum(message.get("tokens", 0) for message in mine)
        items.append({"conversationId": name, "tokens": tokens, "conversations": 1, "messages": len(mine)})
    return {
        "totalTokens": sum(item["tokens"] for item in items),
        "totalConversations": len(items),
        "totalMessages": sum(item["messages"] for item in items),
        "period": tally.period.label,
        "items": items,
    }


def _dataset_records(tally: Tally, asked: dict[str, Any]) -> Answer:
    records = {dataset["id"]: dataset.get("count", 0) for dataset in tally.ledger.resources["dataset"]}
    known = [name for name in dict.fromkeys(asked["datasetIds"]) if name in records]
    return {
        "totalRecords": sum(records[name] for name in known),
        "breakdown": [{"datasetId": name, "records": records[name]} for name in known],
    }


PLATFORM_OVERVIEW, BOT_ALERTS = "pov1s2k3l4m5n6o7p8q9r0sov", "clr3m5n8k000i08jqfv3w4x9s"
CONVERSATION_USAGE = "cru3m5n8k001008jq7h9e5b2c"
USUAL_DAYS = {PLATFORM_OVERVIEW: 7, BOT_ALERTS: 7, CONVERSATION_USAGE: 90}

ANSWERS: dict[str, Answering] = {
    "cm7k3m5n8k000008jq7h9e5b1a": _dataset_records,
    "clr3m5n8k000008jq7h9e5b1a": _total_ratings,
    "clr3m5n8k000108jq3c4d7f2b": _metric("up"),
    "clr3m5n8k000208jq8e5f6g3c": _metric("down"),
    "clr3m5n8k000308jq1h7i8j4d": _total_contacts,
    "clr3m5n8k000408jq9i8j9k5e": _active_contacts,
    "clr3m5n8k000508jq2j9k0l6f": _metric("conversations"),
    "clr3m5n8k000608jq3k0l1m7g": _metric("messages"),
    "clr3m5n8k000708jq4l1m2n8h": _metric("user messages"),
    "clr3m5n8k000808jq5m2n3o9i": _metric("bot messages"),
    "clr3m5n8k000908jq6n3o4p0j": _metric("activity messages"),
    "clr3m5n8k000a08jq7o4p5q1k": _average("user"),
    "clr3m5n8k000b08jq8p5q6r2l": _average("bot"),
    "clr3m5n8k000c08jq9q6r7s3m": _average("activity"),
    "clr3m5n8k000d08jqar7s8t4n": lambda tally, asked: comprehensive(tally, tokens=False),
    "clr3m5n8k000e08jqbs0t1u5o": _bot_stats,
    "clr3m5n8k000f08jqcs1u2v6p": lambda tally, asked: account_alerts(tally),
    "clr3m5n8k000g08jqdt1u2v7q": _bot_performance,
    "clr3m5n8k000h08jqeu2v3w8r": _quality,
    BOT_ALERTS: lambda tally, asked: bot_alerts(tally),
    "clr3m5n8k000j08jqgw4x5y0t": _negative_feedback,
    "gpv2an25fuhe2k6v6ckv85v8": lambda tally, asked: comprehensive(tally, tokens=True),
    PLATFORM_OVERVIEW: platform,
    CONVERSATION_USAGE: _conversation_usage,
}
