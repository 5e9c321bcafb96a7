"""Spreads the evaluation of tenants over time, so that thousands of them do not begin in the same second."""

from collections.abc import Iterable
from hashlib import blake2b

SPREAD = 600
"""Seconds over which the turns are spread; it leaves five minutes of the quarter of an hour for the last of them."""


def turns(tenants: Iterable[str]) -> list[tuple[str, int]]:
    """Each tenant with the seconds that it waits: always the same for a tenant, and evenly spread."""
    return [
        (tenant, int.from_bytes(blake2b(tenant.encode(), digest_size=4).digest(), "big") % SPREAD) for tenant in tenants
    ]
