"""The overviews, recounted: Comprehensive Overview, Comprehensive Analytics and Platform Overview, but for their prose."""

from collections import Counter
from typing import Any

from tests.simulation.ledger import Event
from tests.simulation.tally import Point, Tally
from tests.simulation.windows import local, written

Answer = dict[str, Any]
LINKS = {
    "blueprint": ("Blueprint", "/blueprints/{}/designer"),
    "bot": ("Bot", "/bots/{}"),
    "portal": ("Portal", "/portals/{}"),
    "widget": ("Widget", "/integrations/widget/{}"),
}


def comprehensive(tally: Tally, *, tokens: bool) -> Answer:
    ratings, up, down = (tally.by_part(what) for what in ("ratings", "up", "down"))
    points = [{"date": at, "total": ratings[at], "thumbsUp": up[at], "thumbsDown": down[at]} for at in ratings]
    entries = [
        _entry(tally, "Total Ratings", "ratings") | _details(points, _contacts(tally, "ratings", "rating")),
        _entry(tally, "Thumbs Up", "up") | _details(None, _contacts(tally, "up", "upvote", 20)),
        _entry(tally, "Thumbs Down", "down") | _details(None, _contacts(tally, "down", "downvote", 20)),
        {"title": "Total Users", "value": len(tally.ledger.people()), "period": "all time"}
        | _details(None, _newest(tally)),
        {
            "title": "Active Users",
            "value": tally.people(),
            "change": tally.people() - tally.people_before(),
            "period": tally.period.label,
        }
        | _details(tally.people_by_part(), _contacts(tally, "conversations", "conversation")),
        _entry(tally, "Total Conversations", "conversations")
        | _details(tally.breakdown("conversations"), _contacts(tally, "conversations", "conversation")),
        _entry(tally, "Total Messages", "messages")
        | _details(tally.breakdown("messages"), _contacts(tally, "messages", "message")),
        _entry(tally, "Total User Requests", "user messages") | _details(tally.breakdown("user messages"), None),
        _entry(tally, "Total Agent Responses", "bot messages") | _details(tally.breakdown("bot messages"), None),
        _entry(tally, "Total Agent Actions", "activity messages")
        | _details(tally.breakdown("activity messages"), _types_of_actions(tally)),
        _average(tally, "User Requests", "user"),
        _average(tally, "Agent Responses", "bot"),
        _average(tally, "Actions", "activity"),
    ]
    if tokens:
        listed = _with_tokens(tally, "bot") + _with_tokens(tally, "contact")
        entries.append(_entry(tally, "Total Tokens", "tokens") | _details(tally.breakdown("tokens"), listed))
    return {"data": [_with_metric(entry) for entry in entries]}


def _entry(tally: Tally, title: str, what: str) -> Answer:
    return {
        "title": title,
        "value": tally.total(what),
        "change": tally.change(what),
        "period": tally.period.label,
    }


def _average(tally: Tally, title: str, type_: str) -> Answer:
    return {
        "title": f"Average Number of {title} per Conversation",
        "value": tally.average(type_),
        "period": tally.period.label,
    }


def _details(points: list[Any] | None, listed: list[Answer] | None) -> Answer:
    details: Answer = {}
    if points is not None:
        details["chart"] = {"type": "line", "data": points}
    if listed is not None:
        details["list"] = listed
    return {"details": details}


def _with_metric(entry: Answer) -> Answer:
    """Where an entry has details, they repeat its figure."""
    if "details" in entry:
        entry["details"]["metric"] = {name: value for name, value in entry.items() if name != "details"}
    return entry


def _contacts(tally: Tally, what: str, tag: str, limit: int = 100) -> list[Answer]:
    return [
        _listed(name, tally.name("contact", name), _count(count, tag), {"name": tag, "value": count})
        for name, count in tally.most(what, "contact", limit)
    ]


def _with_tokens(tally: Tally, who: str) -> list[Answer]:
    return [
        _listed(name, tally.name(who, name), _count(count, "token"), {"name": f"{who}-token", "value": _short(count)})
        for name, count in tally.most("tokens", who, 100)
    ]


def _types_of_actions(tally: Tally) -> list[Answer]:
    counts = Counter(action["type"] for action in tally.events("action"))
    most = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:100]
    return [_listed(type_, type_, _count(count, "action"), {"name": "action", "value": count}) for type_, count in most]


def _newest(tally: Tally) -> list[Answer]:
    """The contacts that were made last, each once, whichever source made them."""
    made: dict[str, int] = {}
    for contact in tally.ledger.live["contact"]:
        made[contact["id"]] = max(contact["createdAt"], made.get(contact["id"], 0))
    newest = sorted(made.items(), key=lambda entry: (-entry[1], entry[0]))[:100]
    return [
        _listed(name, tally.name("contact", name), f"contact since {written(at)[:10]}") | {"createdAt": written(at)}
        for name, at in newest
    ]


def _listed(id_: str, name: str, description: str, *tags: Answer) -> Answer:
    return {"id": id_, "name": name, "description": description, "tags": list(tags)}


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _short(count: int) -> str:
    """`950`, `1.2K`, `3.4M`, `5B`: what is beyond the first decimal is left out."""
    for zeros, letter in ((9, "B"), (6, "M"), (3, "K")):
        if count >= 10**zeros:
            whole, tenth = divmod(count // 10 ** (zeros - 1), 10)
            return f"{whole}.{tenth}{letter}" if tenth else f"{whole}{letter}"
    return str(count)


def platform(tally: Tally, asked: dict[str, Any]) -> Answer:
    first, last = (local(at, tally.period.zone) for at in (tally.period.before, tally.period.begin - 1))
    return {
        "period": tally.period.label,
        "rangeLabel": f"{first:%b} {first.day} - {last:%b} {last.day}",
        "resources": {f"{type_}s": _made(tally, type_) for type_ in ("blueprint", "portal", "bot")},
        "tokens": _series(tally, "tokens"),
        "conversations": _series(tally, "conversations"),
        "messages": _series(tally, "messages"),
        "negativeRatings": _series(tally, "down"),
        "positiveRatings": {"value": tally.total("up"), "change": tally.change("up")},
        "topBots": [
            _top_bot(tally, bot, tokens) for bot, tokens in tally.most("tokens", "bot", asked.get("topBotsLimit", 5))
        ],
        "recentWork": _recent_work(tally)[: asked.get("recentWorkLimit", 4)],
    }


def _series(tally: Tally, what: str) -> Answer:
    return {"value": tally.total(what), "change": tally.change(what), "breakdown": tally.breakdown(what)}


def _made(tally: Tally, type_: str) -> Answer:
    """How many of the resources that exist were made in the period."""
    period = tally.period
    made = [each["createdAt"] for each in _dated(tally, type_)]
    now = sum(period.begin <= at < period.end for at in made)
    return {"value": now, "change": now - sum(period.before <= at < period.begin for at in made)}


def _dated(tally: Tally, type_: str) -> list[Event]:
    return [each for each in tally.ledger.resources[type_] if "createdAt" in each]


def _top_bot(tally: Tally, bot: str, tokens: int) -> Answer:
    own = Tally(tally.ledger, tally.period, bot)
    up, down = own.total("up"), own.total("down")
    sparkline: list[Point] = own.breakdown("tokens")
    return {
        "id": bot,
        "name": own.name("bot", bot),
        "tokens": tokens,
        "conversations": own.total("conversations"),
        "thumbsUp": up,
        "thumbsDown": down,
        "thumbsUpRate": up / (up + down) if up + down else None,
        "sparkline": [point["total"] for point in sparkline],
    }


def _recent_work(tally: Tally) -> list[Answer]:
    """What was made last of all, in the period or not."""
    work = [each for type_ in LINKS for each in _dated(tally, type_)]
    work.sort(key=lambda each: (-each["createdAt"], each["type"], each["id"]))
    return [
        {
            "id": each["id"],
            "kind": LINKS[each["type"]][0],
            "name": each.get("name"),
            "link": LINKS[each["type"]][1].format(each["id"]),
            "createdAt": written(each["createdAt"]),
        }
        for each in work
    ]
