"""One botocore session, and all clients from it. botocore instead of boto3, because it starts 40 ms sooner."""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

CONNECTIONS = 16


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def forget() -> None:
    """Drops the session, so that the next client reads the environment anew."""
    _session.cache_clear()


def client(service: str) -> Any:
    """A new client that retries throttled calls, and does not validate parameters that our own code composed."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 6},
        max_pool_connections=CONNECTIONS,
        parameter_validation=False,
        connect_timeout=3,
        read_timeout=10,
    )
    return _session().create_client(service, config=config)
