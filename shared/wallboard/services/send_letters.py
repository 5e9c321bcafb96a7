"""Sends what is in a tenant's outbox. A letter that cannot be sent stays there for the next run."""

from wallboard.services.ports import Alerts, Topic


def send_letters(tenant: str, *, alerts: Alerts, topic: Topic, now: int) -> int:
    """How many were sent. Each is claimed before and forgotten after: it is sent at least once, and twice at most where a
    run ends in between. Raises TryAgain for the first that could not be sent, after having tried all."""
    sent, failures = 0, []
    for letter_id, letter in alerts.outbox(tenant):
        try:
            if alerts.claim(tenant, letter_id, letter, now=now):
                topic.publish(letter.subject, letter.body, letter.attributes)
                alerts.sent(tenant, letter_id)
                sent += 1
        except Exception as error:  # one letter must not hold up the others
            failures.append(error)
    if failures:
        raise failures[0]
    return sent
