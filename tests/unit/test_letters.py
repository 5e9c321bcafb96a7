"""What people are told of an alert: when, in which words, and in which form for machines."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.world import World, scripted
from wallboard.alerts._decide import Alert, Status, Transition, fingerprint
from wallboard.alerts._rule import SEVERITIES, Severity
from wallboard.alerts._settings import AlertSettings, NotifySettings
from wallboard.services.ports import Letter
from wallboard.services.write_letter import letter_of, write_letter

NOW = 1_795_256_400_000  # 2026-11-21T10:20:00Z
QUARTER = 900_000

ALERT = Alert(
    id="901533403dd979528536202b",
    rule="bot_token_spike",
    type="tokenSpike",
    bot="b-1",
    subject="",
    status="firing",
    severity="critical",
    title="Spike in tokens",
    message="3,000 tokens, 200 % more than the 1,000 of the period before.",
    current=3_000,
    baseline=1_000,
    percentage=200.0,
    since=NOW,
    number=2,
)
FIRED = Transition(
    alert=ALERT.id,
    number=2,
    at=NOW,
    before="pending",
    after="firing",
    severity="critical",
    reason="found in 2 of 2 evaluations",
    current=3_000,
    baseline=1_000,
    percentage=200.0,
)


def last_line(body: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body.rpartition("\n")[2])
    return found


# ---- form


def test_a_letter_to_the_letter() -> None:
    letter = write_letter("acme", ALERT, FIRED, "Support", "pager")
    assert letter.subject == "[Wallboard] CRITICAL: Spike in tokens of Support (acme)"
    *lines, machine = letter.body.split("\n")
    assert lines == [
        "3,000 tokens, 200 % more than the 1,000 of the period before.",
        "",
        "Spike in tokens of Support, tenant acme",
        "State: firing, found in 2 of 2 evaluations",
        "Severity: critical",
        "At: 2026-11-21T10:20:00.000Z",
        "Alert: 901533403dd979528536202b",
        "",
    ]
    assert json.loads(machine) == {
        "tenant": "acme",
        "alert": "901533403dd979528536202b",
        "type": "tokenSpike",
        "rule": "bot_token_spike",
        "bot": "b-1",
        "subject": None,
        "title": "Spike in tokens",
        "message": "3,000 tokens, 200 % more than the 1,000 of the period before.",
        "severity": "critical",
        "from": "pending",
        "to": "firing",
        "reason": "found in 2 of 2 evaluations",
        "number": 2,
        "at": "2026-11-21T10:20:00.000Z",
        "metric": {"current": 3_000, "baseline": 1_000, "percentage": 200.0},
        "by": None,
        "note": None,
    }
    assert letter.attributes == {
        "tenant": "acme",
        "severity": "critical",
        "type": "tokenSpike",
        "state": "firing",
        "channel": "pager",
    }


@pytest.mark.parametrize(
    ("after", "subject"),
    [
        ("firing", "[Wallboard] WARNING: Limit of files (acme)"),
        ("acknowledged", "[Wallboard] ACKNOWLEDGED: Limit of files (acme)"),
        ("resolved", "[Wallboard] RESOLVED: Limit of files (acme)"),
    ],
)
def test_a_subject_says_how_bad_it_is_or_that_it_is_over(after: Status, subject: str) -> None:
    alert = replace(ALERT, bot="", title="Limit of files", subject="files", severity="warning")
    letter = write_letter("acme", alert, replace(FIRED, before="firing", after=after), "", "default")
    assert letter.subject == subject
    assert last_line(letter.body)["bot"] is None
    assert letter.attributes["state"] == after


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.sampled_from(
    [
        "",
        "🙂" * 300,
        "a\nb",
        "a\r\nb\tc",
        "\0\x1b[31m\x7f",
        "Zoë & <b>",
        "x" * 300,
        "\u2028\u2029\x85",
        '"}\n{"',
        "%s {x}",
    ]
)
TENANT = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)


@given(tenant=TENANT, bot=ANYTHING, id=ANYTHING, by=st.none() | ANYTHING, note=st.none() | ANYTHING)
def test_whatever_names_contain_a_letter_is_one_that_sns_takes_and_machines_read(
    tenant: str, bot: str, id: str, by: str | None, note: str | None
) -> None:
    alert = replace(ALERT, bot=id)
    letter = write_letter(tenant, alert, replace(FIRED, by=by, note=note), bot, "default")
    assert 0 < len(letter.subject) <= 100
    assert all(" " <= character <= "~" for character in letter.subject)
    assert not letter.subject.startswith(" ")
    read = last_line(letter.body)
    assert (read["tenant"], read["bot"], read["by"], read["note"]) == (tenant, id or None, by, note)
    assert len(letter.body.encode()) < 262_144
    assert all(letter.attributes.values()), "SNS takes no empty attribute"


@pytest.mark.parametrize("separator", ["\n", "\r", "\x85", "\u2028", "\u2029", "\v", "\f", "\x1c"])
def test_the_last_line_is_for_machines_however_lines_are_told_apart(separator: str) -> None:
    """Whoever reads the mail may take any of these for the end of a line."""
    transition = replace(FIRED, by=f"A{separator}nn", note=f"on{separator}it")
    letter = write_letter("acme", replace(ALERT, bot=f"b{separator}1"), transition, f"Sup{separator}port", "default")
    lines = letter.body.splitlines()
    assert json.loads(lines[-1])["note"] == f"on{separator}it"
    assert len(lines) == 9 + sum(line.startswith(("By: ", "Note: ")) for line in lines)


@given(bot=ANYTHING)
def test_the_name_of_a_bot_writes_no_lines_of_its_own(bot: str) -> None:
    """Else a bot could be called `…\\nState: resolved`."""
    letter = write_letter("acme", ALERT, FIRED, bot, "default")
    assert len(letter.body.splitlines()) == 9


def test_a_long_subject_says_that_it_is_cut() -> None:
    short, long = (write_letter("acme", ALERT, FIRED, "x" * count, "default").subject for count in (52, 53))
    assert short == f"[Wallboard] CRITICAL: Spike in tokens of {'x' * 52} (acme)"
    assert long == f"[Wallboard] CRITICAL: Spike in tokens of {'x' * 53} (a..."


def test_all_that_is_known_of_an_alert_and_its_transition_is_there_for_machines() -> None:
    """A new field of either is told, or is named here."""
    read = last_line(write_letter("acme", ALERT, FIRED, "Support", "default").body)
    of_alert = {each.name for each in fields(Alert)} - {"id", "status", "since", "current", "baseline", "percentage"}
    of_alert -= {"hits", "quiet", "version", "silenced_until"}  # what only the next evaluation needs
    of_transition = {each.name for each in fields(Transition)} - {
        "before",
        "after",
        "current",
        "baseline",
        "percentage",
    }
    assert read.keys() == of_alert | of_transition | {"tenant", "from", "to", "metric"}
    assert read["metric"].keys() == {"current", "baseline", "percentage"}


# ---- who is told of what

TOLD: list[tuple[Status | None, Status, bool]] = [
    (None, "pending", False),
    (None, "firing", True),
    ("pending", "firing", True),
    ("pending", "resolved", False),
    ("resolved", "pending", False),
    ("resolved", "firing", True),
    ("firing", "firing", True),
    ("firing", "acknowledged", True),
    ("firing", "silenced", False),
    ("firing", "resolved", True),
    ("acknowledged", "firing", True),
    ("acknowledged", "silenced", False),
    ("acknowledged", "resolved", True),
    ("silenced", "firing", True),
    ("silenced", "silenced", False),
    ("silenced", "acknowledged", True),
]


def letter_for(
    before: Status | None, after: Status, *, severity: Severity = "critical", **notify: Any
) -> Letter | None:
    settings = NotifySettings(**{"level": "info", **notify})
    alert = replace(ALERT, bot="", status=after, severity=severity)
    transition = replace(FIRED, before=before, after=after, severity=severity)
    return letter_of("acme", alert, transition, settings, World().parts.directory)


@pytest.mark.parametrize(("before", "after", "is_told"), TOLD)
def test_people_are_told_of_what_fires_gets_worse_is_taken_care_of_or_ends(
    before: Status | None, after: Status, is_told: bool
) -> None:
    assert (letter_for(before, after) is not None) == is_told


@pytest.mark.parametrize("level", SEVERITIES)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_people_are_told_from_the_severity_on_that_the_tenant_wants(level: Severity, severity: Severity) -> None:
    is_told = SEVERITIES.index(severity) <= SEVERITIES.index(level)
    assert (letter_for("pending", "firing", severity=severity, level=level) is not None) == is_told


def test_unless_a_tenant_wants_else_people_are_told_of_what_is_critical() -> None:
    assert NotifySettings() == NotifySettings(level="critical", types=None, channel="default")


@pytest.mark.parametrize(
    ("types", "is_told"),
    [(None, True), (["tokenSpike"], True), (["limit", "tokenSpike"], True), (["limit"], False), ([], False)],
)
def test_people_are_told_of_the_types_that_the_tenant_wants(types: list[str] | None, is_told: bool) -> None:
    assert (letter_for("pending", "firing", types=types) is not None) == is_told


def test_the_channel_is_the_tenants() -> None:
    letter = letter_for("pending", "firing", channel="on-call_2")
    assert letter is not None
    assert letter.attributes["channel"] == "on-call_2"


def silenced_world(says: dict[str, dict[str, Any]], *, for_turns: int) -> World:
    """A world in which a limit has fired, been told and been silenced for some turns."""
    world = World()
    world.use_rules(limit=scripted("limit", says))
    says["limit"] = {"files": 100}
    world.evaluate()
    [alert] = world.parts.alerts.all("acme")
    silenced = replace(alert, status="silenced", silenced_until=world.at + for_turns * QUARTER)
    world.parts.alerts.save("acme", silenced, None, None)
    world.told.letters.clear()
    return world


def states_told(world: World, turns: int) -> list[str]:
    """The states that people are told in these turns."""
    for _ in range(turns):
        world.at += QUARTER
        world.evaluate()
    states = [attributes["state"] for *_, attributes in world.told.letters]
    world.told.letters.clear()
    return states


def test_while_an_alert_is_silenced_nobody_is_told_and_after_it_they_are() -> None:
    says: dict[str, dict[str, Any]] = {}
    world = silenced_world(says, for_turns=4)
    assert states_told(world, turns=3) == []
    assert states_told(world, turns=2) == ["firing"]


def test_that_it_is_over_is_not_told_within_a_silence() -> None:
    says: dict[str, dict[str, Any]] = {}
    world = silenced_world(says, for_turns=4)
    says["limit"] = {"files": 0}
    assert states_told(world, turns=3) == []


def test_that_it_is_over_is_told_once_the_silence_has_ended() -> None:
    """They were told that it fires; without this it fires for ever, for them."""
    says: dict[str, dict[str, Any]] = {}
    world = silenced_world(says, for_turns=2)
    assert states_told(world, turns=1) == []
    says["limit"] = {"files": 0}
    assert states_told(world, turns=3) == ["resolved"]


def test_a_silence_is_a_window_even_where_the_alert_comes_and_goes_within_it() -> None:
    """Just what comes and goes is what people silence."""
    says: dict[str, dict[str, Any]] = {}
    world = silenced_world(says, for_turns=8)
    says["limit"] = {"files": 0}
    assert states_told(world, turns=3) == []
    says["limit"] = {"files": 100}
    assert states_told(world, turns=3) == []


# ---- words


def conversation(id: str, at: str, bot: str = "b", **more: Any) -> dict[str, Any]:
    return {"kind": "conversation", "id": id, "startedAt": at, "botId": bot, **more}


def push(world: World, *events: dict[str, Any]) -> None:
    assert world.push(*events).rejected == []


def told_of(world: World, tenant: str = "acme") -> list[tuple[str, str, dict[str, str]]]:
    world.parts.alerts.configure(tenant, AlertSettings(notify=NotifySettings(level="info")))
    for _ in range(2):
        world.evaluate(tenant)
        world.at += QUARTER
    return world.told.letters


TEN_BEFORE = [f"2026-11-{day}T0{hour}:20:00Z" for day in ("08", "09") for hour in range(5)]
"""Times of ten things in the week before the last."""


def test_a_bot_is_called_by_its_latest_name_and_by_its_id_where_it_has_none() -> None:
    world = World()
    for bot, name in (("b-1", "Old"), ("b-1", "Support 🙂"), ("b-2", None)):
        named = {"botName": name} if name else {}
        push(world, *(conversation(f"{bot}-{at}", at, bot, updatedAt=world.at, **named) for at in TEN_BEFORE))
        world.at += 1_000
    push(world, conversation("new", "2026-11-21T09:00:00Z", "b-3"))
    world.fold()
    assert sorted(subject for subject, *_ in told_of(world)) == [
        "[Wallboard] CRITICAL: Drop in conversations of Support ? (acme)",
        "[Wallboard] CRITICAL: Drop in conversations of b-2 (acme)",
    ]
    assert {last_line(body)["bot"] for _, body, _ in world.told.letters} == {"b-1", "b-2"}
    assert any("\nDrop in conversations of Support 🙂, tenant acme\n" in body for _, body, _ in world.told.letters)


def test_nothing_of_the_people_who_write_to_a_bot_is_told() -> None:
    world, who = World(), {"contactId": "CANARY-1", "contactName": "CANARY-2", "text": "CANARY-3"}
    push(world, *(conversation(f"CANARY-{at}", at, botName="Bee", **who) for at in TEN_BEFORE))
    about = {"conversationId": "CANARY-4", "conversationStartedAt": TEN_BEFORE[0], "botId": "b", **who}
    now = "2026-11-21T09:00:00Z"
    push(
        world,
        {"kind": "contact", "id": "CANARY-1", "createdAt": now, "name": "CANARY-2", "email": "CANARY-5@example.org"},
        *(
            {"kind": "rating", "id": f"r{n}", "createdAt": now, "value": -1, "reason": "CANARY-6", **about}
            for n in range(12)
        ),
        {"kind": "usage", "id": "u-1", "createdAt": TEN_BEFORE[0], "type": "x_token", "count": 10, **about},
        {"kind": "usage", "id": "u-2", "createdAt": now, "type": "x_token", "count": 100, **about},
        {
            "kind": "resource",
            "id": "CANARY-7",
            "type": "file",
            "updatedAt": now,
            "count": 9,
            "limit": 9,
            "name": "CANARY-8",
        },
        conversation("CANARY-9", now, botName="Bee", **who),
    )
    world.fold()
    letters = told_of(world)
    assert {attributes["type"] for *_, attributes in letters} >= {
        "limit",
        "negativeFeedback",
        "conversationDrop",
        "tokenSpike",
    }
    assert "CANARY" not in repr(letters)


@pytest.mark.parametrize(
    ("rule", "bot", "subject", "before", "wrong"),
    [
        ("activity", "", "", 40, "more"),
        ("usage_spike", "", "conversations", 40, "more"),
        ("usage_spike", "", "tokens", 40, "more"),
        ("bot_token_spike", "b", "", 40, "more"),
        ("bot_conversation_drop", "b", "", 6, "fewer"),
    ],
)
def test_an_alert_that_ends_does_not_say_the_opposite_of_what_is(
    rule: str, bot: str, subject: str, before: int, wrong: str
) -> None:
    """What resolves is told with its last reading: then there is less where it spiked, and more where it dropped."""
    world = World()
    times = [f"2026-11-08T09:20:{second:02}Z" for second in range(before)]
    times += [f"2026-11-{day}T0{hour}:20:00Z" for day in range(16, 21) for hour in (1, 2)]
    for at in (*times, "2026-11-21T09:20:00Z"):
        usage = {"kind": "usage", "id": f"u-{at}", "createdAt": at, "type": "x_token", "count": 100, "botId": "b"}
        push(world, conversation(f"c-{at}", at), usage)
    world.fold()
    week = {"rules": {rule: {"periodDays": 7}}}
    world.parts.alerts.configure("acme", AlertSettings.model_validate(week))
    was_open = replace(ALERT, id=fingerprint("acme", rule, bot, subject), rule=rule, bot=bot, subject=subject)
    world.parts.alerts.save("acme", was_open, None, None)
    for _ in range(2):
        world.evaluate()
        world.at += QUARTER
    assert [attributes["state"] for *_, attributes in world.told.letters] == ["resolved"]
    message = last_line(world.told.letters[0][1])["message"]
    assert message != ALERT.message, "it is of the last reading"
    assert f" {wrong} than " not in message
