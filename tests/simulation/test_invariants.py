"""What holds between answers, whatever happened and whatever is asked: parts, bots and contacts add up to the whole."""

from typing import Any

from tests.simulation.delivery import History, every_seed
from tests.simulation.questions import ZONES, Asked, Questions
from tests.simulation.recount import Recount
from tests.simulation.windows import Period, period_of, written

ACTIVE_CONTACTS = "clr3m5n8k000408jq9i8j9k5e"
ADDED_UP = {
    "clr3m5n8k000008jq7h9e5b1a": "ratings",
    "clr3m5n8k000108jq3c4d7f2b": "up",
    "clr3m5n8k000208jq8e5f6g3c": "down",
    "clr3m5n8k000508jq2j9k0l6f": "conversations",
    "clr3m5n8k000608jq3k0l1m7g": "messages",
    "clr3m5n8k000708jq4l1m2n8h": "user messages",
    "clr3m5n8k000808jq5m2n3o9i": "bot messages",
    "clr3m5n8k000908jq6n3o4p0j": "activity messages",
}
"""The reports that add something up, and what."""

MANY = 50


class Answers:
    """The answers of one world to questions about random periods."""

    def __init__(self, seed: int) -> None:
        self.history = History(seed)
        self.history.deliver(minutes=200)
        self.ledger = Recount(self.history.accepted, now=self.history.end).ledger
        self.bots, self.contacts = sorted(self.ledger.bots), self.history.activity.contacts
        chance, end = self.history.chance, self.history.end
        self.zone = chance.choice(ZONES)
        self.when: Asked = Questions(chance, end, bots=self.bots, contacts=self.contacts).when(self.zone)
        self.period: Period = period_of(self.when, now=end, zone=self.zone, usual_days=30)

    def ask(self, report_id: str, **asked: Any) -> dict[str, Any]:
        return self.history.world.ask(report_id, zone=self.zone, **self.when | asked)

    def nobodys(self, what: str, who: str) -> int:
        """How much there is of what no bot, or no contact, is known to have done."""
        deeds = [deed for deed in self.ledger.deeds[what] if self.period.begin <= deed.at < self.period.end]
        return sum(deed.amount for deed in deeds if getattr(deed, who) is None)


@every_seed
def test_parts_bots_and_contacts_add_up_to_the_whole(seed: int) -> None:
    of = Answers(seed)
    for report_id, what in ADDED_UP.items():
        answer = of.ask(report_id)
        assert answer["value"] == sum(part["total"] for part in answer["breakdown"])
        bots = [of.ask(report_id, botId=bot)["value"] for bot in of.bots]
        assert answer["value"] == sum(bots) + of.nobodys(what, "bot")
        if len(of.contacts) < MANY:
            contacts = [of.ask(report_id, contactId=contact)["value"] for contact in of.contacts]
            assert answer["value"] == sum(contacts) + of.nobodys(what, "contact")
    answer = of.ask(ACTIVE_CONTACTS)
    parts = [part["total"] for part in answer["breakdown"]]
    assert max(parts) <= answer["value"] <= sum(parts)


@every_seed
def test_the_period_before_has_the_value_that_the_change_leads_from(seed: int) -> None:
    of = Answers(seed)
    before = {"startDate": written(of.period.before), "endDate": written(of.period.begin)}
    for report_id in (*ADDED_UP, ACTIVE_CONTACTS):
        answer = of.ask(report_id)
        then = of.history.world.ask(report_id, **before)
        assert answer["value"] - answer["change"] == then["value"]
