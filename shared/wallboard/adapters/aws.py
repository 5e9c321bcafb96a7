"""One botocore session, and all clients from it. botocore instead of boto3, because it starts 40 ms sooner."""

from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from wallboard.errors import TryAgain

CONNECTIONS = 16

BUSY = {
    "InternalError",
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TransactionInProgressException",
}
"""Codes of errors that pass by themselves."""


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def forget() -> None:
    """Drops the session, so that the next client reads the environment anew."""
    _session.cache_clear()


def calling(operation: Callable[..., Any], **request: Any) -> Any:
    """What a call of a botocore client answers. Raises TryAgain when AWS refuses for now or cannot be reached."""
    try:
        return operation(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in BUSY:
            raise TryAgain(f"AWS refuses for now: {code}") from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise TryAgain(f"AWS cannot be reached: {type(error).__name__}") from error


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


class LazyClient:
    """A client that is made when it is first called: most functions never call most services, and each costs time to
    load."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._client: Any = None

    def __getattr__(self, name: str) -> Any:
        self._client = self._client or client(self._service)
        return getattr(self._client, name)
