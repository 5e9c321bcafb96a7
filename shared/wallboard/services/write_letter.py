"""The letter that tells people of a transition: a subject, a few lines, and the same as JSON for machines."""

import json
from typing import Any

from wallboard.alerts._decide import Alert, Transition, is_silent
from wallboard.alerts._rule import SEVERITIES
from wallboard.alerts._settings import NotifySettings
from wallboard.model.time import iso
from wallboard.services.ports import Directory, Letter

LONGEST_SUBJECT = 100  # what SNS takes


def letter_of(
    tenant: str, alert: Alert, transition: Transition, notify: NotifySettings, directory: Directory
) -> Letter | None:
    """The letter that a tenant wants of a transition; None where nobody is to be told."""
    if not _is_told(alert, transition, notify):
        return None
    thing = ("bot", alert.bot)
    bot = (directory.names(tenant, [thing]).get(thing) or alert.bot) if alert.bot else ""
    return write_letter(tenant, alert, transition, bot, notify.channel)


def _is_told(alert: Alert, transition: Transition, notify: NotifySettings) -> bool:
    """Of what fires, gets worse, is taken care of or ends. Of nothing that was never told, or is silenced."""
    if transition.after == "silenced" or is_silent(alert, transition.at):
        return False
    if transition.before in (None, "pending", "resolved") and transition.after != "firing":
        return False
    loud = SEVERITIES.index(alert.severity) <= SEVERITIES.index(notify.level)
    return loud and (notify.types is None or alert.type in notify.types)


def write_letter(tenant: str, alert: Alert, transition: Transition, bot: str, channel: str) -> Letter:
    """`bot` is the latest name of the bot that the alert is about, "" for the account."""
    about = f"{alert.title} of {_printable(bot)}" if bot else alert.title
    state = transition.after if transition.after in ("acknowledged", "resolved") else alert.severity
    subject = f"[Wallboard] {state.upper()}: {about} ({tenant})"
    lines = [
        alert.message,
        "",
        f"{about}, tenant {tenant}",
        f"State: {_state(transition)}",
        *([f"By: {_printable(transition.by)}"] if transition.by else ()),
        *([f"Note: {_printable(transition.note)}"] if transition.note else ()),
        f"Severity: {alert.severity}",
        f"At: {iso(transition.at)}",
        f"Alert: {alert.id}",
        "",
        json.dumps(about_alert(tenant, alert, transition)),
    ]
    attributes = {
        "tenant": tenant,
        "severity": alert.severity,
        "type": alert.type,
        "state": transition.after,
        "channel": channel,
    }
    return Letter(_one_line(subject), "\n".join(lines), attributes)


def about_alert(tenant: str, alert: Alert, transition: Transition) -> dict[str, Any]:
    """The alert and its transition as machines read them."""
    return {
        "tenant": tenant,
        "alert": alert.id,
        "type": alert.type,
        "rule": alert.rule,
        "bot": alert.bot or None,
        "subject": alert.subject or None,
        "title": alert.title,
        "message": alert.message,
        "severity": alert.severity,
        "from": transition.before,
        "to": transition.after,
        "reason": transition.reason,
        "number": transition.number,
        "at": iso(transition.at),
        "metric": {
            "current": transition.current,
            "baseline": transition.baseline,
            "percentage": transition.percentage,
        },
        "by": transition.by,
        "note": transition.note,
    }


def _state(transition: Transition) -> str:
    """`firing, found in 2 of 2 evaluations`; what a person did says it already."""
    if transition.reason.startswith(transition.after):
        return transition.reason
    return f"{transition.after}, {transition.reason}"


def _printable(text: str) -> str:
    """A name without what would begin a line of its own, or print otherwise than it reads."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _one_line(text: str) -> str:
    """A subject as SNS takes it: printable ASCII, one line, not too long."""
    plain = "".join(letter if " " <= letter <= "~" else "?" for letter in text)
    return plain if len(plain) <= LONGEST_SUBJECT else f"{plain[: LONGEST_SUBJECT - 3]}..."
