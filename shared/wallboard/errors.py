"""Errors named by what the caller can do next.

WallboardError
├── RequestError            the caller must change something; each carries its HTTP status and code
│   ├── InvalidRequest      400  change the request; the message names field, value and what is allowed
│   ├── NotAuthenticated    401  send a known key
│   ├── NotAuthorized       403  use a key with the scope that the message names
│   ├── NotFound            404  ask for something that exists
│   └── MethodNotAllowed    405  use a method that the path has
├── TryAgain                503  nothing is wrong with the request: send it again
│   └── VendorUnavailable        a vendor does not answer as it should: the next try may find it well
│       └── LimitReached         nothing is wrong: the vendor's limit is used up for now
├── VendorRefuses                a vendor says no: the message says what a person must do
├── Garbled                      an answer cannot be what was asked for: ask again
├── Malformed                    a row cannot be read: the others can, so keep it aside with its reason
├── Conflict                     somebody else wrote first: read again, then write
├── BrokenMember                 a report, source or rule file cannot be loaded: mend the file it names
└── CorruptData                  stored bytes cannot be read: look at the item that the message names
"""

import json
from typing import Any, ClassVar


class WallboardError(Exception):
    """Every error that Wallboard raises on purpose."""


class RequestError(WallboardError):
    """A mistake of the caller. `status` and `code` are those of the HTTP contract."""

    status: ClassVar[int]
    code: ClassVar[str]


class InvalidRequest(RequestError):
    """The request itself must change."""

    status = 400
    code = "BAD_REQUEST"


class NotAuthenticated(RequestError):
    """No key, or one that nobody knows."""

    status = 401
    code = "NOT_AUTHENTICATED"


class NotAuthorized(RequestError):
    """The key is known but lacks the scope."""

    status = 403
    code = "NOT_AUTHORIZED"


class NotFound(RequestError):
    """No such report, bot or path."""

    status = 404
    code = "NOT_FOUND"


class MethodNotAllowed(RequestError):
    """The path exists, with other methods."""

    status = 405
    code = "METHOD_NOT_ALLOWED"


class TryAgain(WallboardError):
    """The store or a service refused for now, or was too busy; the same call may succeed later."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "SERVICE_UNAVAILABLE"


class VendorUnavailable(TryAgain):
    """A vendor is busy, broken or silent. `wait` is for how many seconds it asks to be left alone."""

    def __init__(self, message: str, *, wait: float = 0) -> None:
        super().__init__(message)
        self.wait = wait


class LimitReached(VendorUnavailable):
    """The calls that a vendor allows are used up for now."""


class VendorRefuses(WallboardError):
    """A vendor refuses for good: access, a setting or an agreement is missing."""


class Garbled(WallboardError):
    """An answer of a vendor that is cut off, or something else than was asked for."""


class Malformed(WallboardError):
    """A vendor's row that cannot be read. Says which field and what is wrong with it; `value` is kept apart from the
    message, because it may be somebody's name."""

    def __init__(self, field: str, problem: str, value: Any = None) -> None:
        super().__init__(f"{field}: {problem}")
        self.value = value


class Conflict(WallboardError):
    """An item moved between reading and writing it."""


class BrokenMember(WallboardError):
    """A file of a plug-in family cannot be imported, or does not declare what it must."""


class CorruptData(WallboardError):
    """A stored item does not decode."""


def shown(value: Any) -> str:
    """A value as a message shows it: as JSON, at most 80 characters of it."""
    return short(json.dumps(value, ensure_ascii=False, default=repr))


def short(text: str) -> str:
    """At most 80 characters of a text that somebody else wrote."""
    return text if len(text) <= 80 else f"{text[:77]}..."
