"""Every key of every table. The only file that joins with `#`.

The tenant comes first, so that nothing of one tenant can be reached by a key of another. What belongs to the
installation itself stands under the tenant `-`, which no tenant can be called (see services/keys.py).
"""

from wallboard.errors import CorruptData
from wallboard.model.facts import Bucket

Key = dict[str, dict[str, str]]

_OWN = "-"


def key(partition: str, sort: str) -> Key:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def facts_partition(bucket: Bucket) -> str:
    return f"{bucket.tenant}#{bucket.kind}#{bucket.hour}"


def bucket_of(partition: str) -> Bucket:
    """The bucket that a Facts partition holds. Raises CorruptData for any other text."""
    parts = partition.split("#")
    if len(parts) != 3:
        raise CorruptData(f"{partition!r} is not the key of a bucket of facts")
    return Bucket(*parts)


def month_partition(tenant: str, cube: str, month: str) -> str:
    return f"{tenant}#{cube}#{month}"


def months_partition(tenant: str, cube: str) -> str:
    return f"{tenant}#{cube}#months"


def day_sort(day: str, part: int = 0) -> str:
    """`21` for the item of the 21st, `21#01` and on for its continuations."""
    return f"{day[8:10]}#{part:02}" if part else day[8:10]


def names_partition(tenant: str, kind: str) -> str:
    return f"{tenant}#name#{kind}"


def gauges_partition(tenant: str, kind: str) -> str:
    return f"{tenant}#gauge#{kind}"


def settings_partition(tenant: str) -> str:
    return f"{tenant}#settings"


def alerts_partition(tenant: str) -> str:
    return f"{tenant}#alert"


def alert_history_partition(tenant: str, alert: str) -> str:
    return f"{tenant}#alert-history#{alert}"


def alert_event_sort(at: str, alert: str, number: int) -> str:
    """In the order of time (ISO)."""
    return f"{at}#{alert}#{number:08}"


def audit_partition(tenant: str, month: str) -> str:
    return f"{tenant}#audit#{month}"


def outbox_partition(tenant: str) -> str:
    return f"{tenant}#outbox"


def sources_partition(tenant: str) -> str:
    return f"{tenant}#source"


def streams_partition(tenant: str, source: str) -> str:
    return f"{tenant}#stream#{source}"


def limits_partition() -> str:
    return f"{_OWN}#limit"


def api_keys_partition(locator: str) -> str:
    return f"{_OWN}#key#{locator}"


def tenants_partition() -> str:
    return f"{_OWN}#tenant"
