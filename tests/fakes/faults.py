"""A client whose n-th call goes wrong, in the ways in which a process, a network or a store can."""

from collections.abc import Callable
from typing import Any, Literal

from botocore.exceptions import ClientError, ReadTimeoutError

Fault = Literal["throttled", "lost answer", "killed before", "killed after"]


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class FaultyClient:
    """Passes every call on, but the n-th (from 1) of all its calls meets a fault. "after" means the store has done it,
    and so it has when the answer is lost."""

    def __init__(self, client: Any, *, at: int, fault: Fault) -> None:
        self.calls = 0
        self._client = client
        self._at = at
        self._fault = fault

    @property
    def met(self) -> bool:
        """Whether there were enough calls for the fault to happen."""
        return self.calls >= self._at

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._client, name)

        def call(**request: Any) -> Any:
            self.calls += 1
            if self.calls != self._at:
                return real(**request)
            if self._fault == "throttled":
                raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, name)
            if self._fault != "killed before":
                real(**request)
            if self._fault == "lost answer":
                raise ReadTimeoutError(endpoint_url="https://aws.example")
            raise Killed

        return call
