"""The only place where the local stack knows the product. Imported late: its modules read the environment."""

from collections.abc import Mapping
from typing import Any

TOTAL_CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"  # the report that `serve` proposes to try


def register_key(tenant: str, key: str) -> None:
    """Makes `key` one of the tenant's API keys, with all scopes."""
    from wallboard.runtime import wiring
    from wallboard.services.keys import SCOPES, register

    register(key, tenant=tenant, scopes=SCOPES, keys=wiring.parts().keys)


def set_up_source(tenant: str, vendor: str, settings: Mapping[str, Any], *, every_hours: int) -> None:
    """Sets up a source that is called like its vendor."""
    from wallboard.runtime import wiring

    wiring.parts().source_settings.set_up(tenant, vendor, vendor, settings, every_hours=every_hours)


def wire() -> None:
    """Builds the parts now, in one thread: botocore does not like two that make clients at once."""
    from wallboard.runtime import wiring

    wiring.parts()


def forget() -> None:
    """Drops the parts that were wired to the stack that ends, so that the next one in this process builds its own."""
    from wallboard.adapters import aws
    from wallboard.runtime import wiring

    wiring.use(None)
    aws.forget()
