"""What the demo prints: tables of at most 100 columns that read as well in a file as in a terminal."""

import shlex
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo_activity import BILLING, Activity, Bot, iso
from local.demo_client import Pushed
from local.notices import Notice

Phase = tuple[str, Pushed, int]
"""What was pushed, what became of it, and how many segments it wrote."""

BOT_STATS = "Bot Stats"

_BARS = "▁▂▃▄▅▆▇█"
_CATEGORIES = ("engagement", "performance", "quality", "contact")
_COLOURS = {"critical": "bold red", "warning": "yellow", "info": "cyan"}


def show_pushed(console: Console, phases: Sequence[Phase]) -> None:
    console.print("\nWhat was pushed", style="bold")
    table = new_table("", "events", "requests", "accepted", "rejected", "segments written", "seconds")
    for name, done, segments in phases:
        figures = (done.events, done.requests, done.accepted, len(done.rejected), segments)
        table.add_row(name, *(f"{figure:,}" for figure in figures), f"{done.seconds:.1f}")
    console.print(table)
    if not phases[-1][2]:
        console.print("What came again was accepted again, and nothing was written.", style="dim")
    console.print()


def show_rejected(console: Console, rejected: Sequence[Mapping[str, Any]]) -> None:
    console.print("What was rejected, and why", style="bold")
    table = new_table("event", "code", "message", numbers=False)
    for rejection in rejected:
        table.add_row(str(rejection["id"]), rejection["code"], Text(rejection["message"]))
    console.print(table)
    console.print()


def show_reports(
    console: Console, reports: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], activity: Activity
) -> None:
    """Every report that has a value; the names of those that answer in another shape; every error."""
    console.print("Reports of the last 30 days", style="bold")
    table = new_table("", "value", "change", "in %")
    days = next((answer["breakdown"] for answer in answers.values() if answer.get("breakdown")), None)
    table.add_column(f"by day, {_day(days[0])} to {_day(days[-1])} (UTC)" if days else "", no_wrap=True)
    ordered = sorted(reports, key=_category)
    others = []
    for place, report in enumerate(ordered):
        answer, name = answers[report["id"]], report["name"].removesuffix(" Report")
        if "error" in answer:
            table.add_row(name, Text("error", style="red"), "", "", Text(str(answer["error"]), style="red"))
        elif "value" in answer:
            value = answer["value"]
            shown = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
            table.add_row(name, Text(shown, style="bold"), *_change(answer), _spark(answer))
        elif name != BOT_STATS:  # that one has a table of its own
            others.append(name)
        if place + 1 < len(ordered) and _category(ordered[place + 1]) != _category(report):
            table.add_section()
    console.print(table)
    if others:
        console.print(f"Answered in shapes of their own: {', '.join(others)}.", style="dim")
    console.print(
        f"{_date(activity.spike)} was the day with three times the traffic, {_date(activity.bad_day)} the bad day of "
        f"{BILLING.name}.\nThe change is against the 30 days before; the first and the last day are cut by the window.\n",
        style="dim",
    )


def show_bots(
    console: Console, bots: Sequence[Bot], stats: Mapping[str, Mapping[str, Any]], activity: Activity
) -> None:
    console.print(BOT_STATS, style="bold")
    table = new_table("", "conversations", "messages", "tokens", "ratings", "up", "down", "leans")
    fields = ("totalConversations", "totalMessages", "totalTokens", "totalRatings", "thumbsUp", "thumbsDown")
    for bot in bots:
        answer = stats[bot.id]
        figures = [f"{answer[field]:,}" if field in answer else "-" for field in fields]
        table.add_row(bot.name, *figures, str(answer.get("sentimentSignal", answer.get("error", "-"))))
    console.print(table)
    for bot in bots:
        if bot.once:
            said = f"{bot.name} was called {bot.once} until {_date(activity.renamed)}; its figures go on under the same id."
            console.print(f"{said}\n", style="dim")


def show_alerts(console: Console, alerts: Mapping[str, Mapping[str, Any]]) -> None:
    """What the alert reports say right now, by whom it is about."""
    console.print("Alerts right now: the account in the last 30 days, each bot in the last 7", style="bold")
    table = new_table("", "severity", "alert", "", numbers=False)
    for subject, answer in alerts.items():
        for alert in answer["alerts"]:
            severity = Text(alert["severity"], style=_COLOURS[alert["severity"]])
            table.add_row(subject, severity, alert["title"], Text(alert["message"]))
    console.print(table)
    quiet = [subject for subject, answer in alerts.items() if not answer["alerts"]]
    if quiet:
        console.print(f"Nothing to say of {', '.join(quiet)}.", style="dim")
    console.print()


def show_heading(console: Console, text: str) -> None:
    console.print(text, style="bold", markup=False)


def show_transitions(
    console: Console,
    rounds: Sequence[Sequence[Mapping[str, Any]]],
    known: Mapping[str, Mapping[str, Any]],
    bots: Mapping[str, str],
) -> None:
    """What each of two evaluations changed. `known` are alerts by id, `bots` names by id."""
    table = new_table("", "about", "alert", "change", "severity", "why", numbers=False)
    for which, transitions in zip(("1st", "2nd"), rounds, strict=True):
        for entry in transitions:
            alert = known[entry["alert"]]
            about = bots.get(alert["botId"], alert["botId"]) if "botId" in alert else "the account"
            severity = Text(entry["severity"], style=_COLOURS[entry["severity"]])
            table.add_row(which, about, alert["title"], _step(entry), severity, Text(entry["reason"]))
        if not transitions:
            table.add_row(which, "", "", Text("nothing changes", style="dim"))
    console.print(table)
    console.print()


def show_letter(console: Console, letter: Notice) -> None:
    """A message of the topic as people get it; its last line is cut, because it is for machines."""
    told = " ".join(f"{name}={value}" for name, value in letter.attributes.items())
    console.print(f"SNS, {told}:\n", style="dim", markup=False)
    console.print(Text(f"    {letter.subject}", style="bold"))
    for line in ("", *letter.text.splitlines()):
        console.print(Text(f"    {line}".rstrip()), no_wrap=True, overflow="ellipsis")
    console.print()


def show_history(console: Console, history: Sequence[Mapping[str, Any]]) -> None:
    show_heading(console, "Its history, with the figures of each moment")
    table = new_table("at (UTC)", "change", "negative ratings", "by", "why", numbers=False)
    for entry in history:
        metric = entry["metric"]
        figures = f"{metric['current']} of {metric['baseline']}, {metric['percentage']:g} %"
        table.add_row(entry["at"][11:19], _step(entry), figures, entry.get("by", ""), Text(entry["reason"]))
    console.print(table)
    console.print()


def show_agreed(console: Console, figures: int, events: int) -> None:
    console.print(Text("Recount agrees", style="bold green"), end="")
    console.print(f": {figures} figures of the reports above, each counted again from the {events:,} events.")


def show_wrong(console: Console, wrong: Sequence[str]) -> None:
    console.print(f"NOT AS IT SHOULD BE, {len(wrong)} times:", style="bold red")
    for line in wrong[:20]:
        console.print(f"  {line}", markup=False)


def show_skipped(console: Console, held: int) -> None:
    console.print(
        f"Recount and alert skipped: {held:,} segments were here before, and the demo knows only its own events.",
        style="yellow",
    )


def show_times(
    console: Console, *, pushed: float, events: int, folded: float, reports: int, answered: float, total: float
) -> None:
    console.print(
        f"Time: {events:,} events in {pushed:.1f} s, folded {folded:.1f} s later; "
        f"{reports} reports together in {answered * 1000:.0f} ms; {total:.0f} s in all."
    )


def show_freshness(console: Console, newest: str, asked: str) -> None:
    """`newest` and `asked` are ISO times."""
    seconds = int((_moment(asked) - _moment(newest)).total_seconds())
    console.print(
        f"Freshness: the newest event is of {newest[11:19]} UTC, {seconds} s before the reports were asked, and in them.\n"
    )


def show_next(console: Console, url: str, key: str | None, bot: str, *, once: bool) -> None:
    """Lines to try next. `key` is shown only where it was made for this run."""
    if once:
        opening = "The stack ends here (ONCE=1). Without it, `make demo` keeps serving, and you can try:"
    else:
        opening = f"Wallboard keeps serving at {url} until Ctrl-C. In another terminal:"
    auth = '-H "x-api-key: $WALLBOARD_API_KEY"'
    reports = f"{url}/api/v1/platform/report"
    lines = ["", f"  export WALLBOARD_API_KEY={shlex.quote(key)}"] if key and not once else []
    lines += [
        "",
        f"  curl {auth} {reports}/list",
        "",
        f"  curl {auth} {reports}/generate \\",
        '    -H "x-timezone: Europe/Berlin" \\',
        '    -d \'{"clr3m5n8k000508jq2j9k0l6f": {"periodDays": 7}, "clr3m5n8k000208jq8e5f6g3c": {}}\'',
        "",
        f'  curl {auth} -d \'{{"botId": "{bot}"}}\' \\',
        f"    {reports}/clr3m5n8k000e08jqbs0t1u5o/generate",
        "",
        f"  curl {auth} {url}/api/v1/event/ingest \\",
        '    -d \'{"events": [{"kind": "rating", "id": "mine-1", "value": 1, "botId": "' + bot + '",',
        '         "createdAt": "\'$(date -u +%FT%TZ)\'"}]}\'',
        "",
        f"  curl {auth} {url}/api/v1/alert/list",
        "",
        f"  curl {url}/api/v1/health",
    ]
    console.print(opening, style="bold", markup=False)
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    console.print()
    console.file.flush()


def _step(transition: Mapping[str, Any]) -> str:
    return f"{transition.get('from', 'new')} → {transition['to']}"


def new_table(*columns: str, numbers: bool = True, words: int = 1) -> Table:
    """An empty table. `words` columns come before those of numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    for place, column in enumerate(columns):
        if place >= words and numbers:
            table.add_column(column, justify="right", no_wrap=True)
        else:
            table.add_column(column, no_wrap=place + 1 < len(columns))
    return table


def _change(answer: Mapping[str, Any]) -> tuple[str, str]:
    if "change" not in answer:
        return "", ""
    before = answer["value"] - answer["change"]
    return f"{answer['change']:+,}", f"{answer['change'] / before:+.0%}" if before else "new"


def _spark(answer: Mapping[str, Any]) -> Text:
    totals = [day["total"] for day in answer.get("breakdown", ())]
    top = max(totals, default=0) or 1
    return Text("".join(_BARS[round(total / top * (len(_BARS) - 1))] for total in totals), style="cyan")


def _category(report: Mapping[str, Any]) -> int:
    category = report["meta"]["category"]
    return _CATEGORIES.index(category) if category in _CATEGORIES else len(_CATEGORIES)


def _day(entry: Mapping[str, Any]) -> str:
    return f"{date.fromisoformat(entry['date']):%-d %b}"


def _date(seconds: int) -> str:
    return f"{_moment(iso(seconds)):%a %-d %b}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
