"""Cursors: where a list goes on, or what it is of, signed, so that none can be made up, changed, or used for another list."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol, TypeAlias

from wallboard.errors import InvalidRequest

Place: TypeAlias = tuple[int, str, str, str, str]
"""Where a record stands in a list: its anchor, source, id, kind, and which part of its row it is."""

_LONGEST = 8_192
_SIGNATURE = 16


class CursorKeys(Protocol):
    """What cursors are signed with: a key of each tenant."""

    def of(self, tenant: str) -> bytes:
        """Made when it is first asked for, and the same ever after."""
        ...


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list of one tenant. `asked` is all that decides what is in the list and in which order."""

    keys: CursorKeys
    tenant: str
    asked: Any

    def sign(self, place: Any) -> str:
        """A cursor that says a place, or whatever else JSON can."""
        said = json.dumps(place, separators=(",", ":"), ensure_ascii=False).encode()
        return urlsafe_b64encode(self._signature(said) + said).decode().rstrip("=")

    def read(self, cursor: str) -> Any:
        """What a cursor of this list says, lists as tuples. Raises InvalidRequest for anything else."""
        try:
            content = urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor) % 4))
        except ValueError:
            content = b""
        signature, said = content[:_SIGNATURE], content[_SIGNATURE:]
        if not said or not hmac.compare_digest(signature, self._signature(said)):
            raise InvalidRequest("cursor: is none of this list; take one that this very query answered, or none")
        place = json.loads(said)
        if self.sign(place) != cursor:  # the last sign of a text has bits that say nothing
            raise InvalidRequest("cursor: was changed; take one that this very query answered, or none")
        return tuple(place) if isinstance(place, list) else place

    def _signature(self, said: bytes) -> bytes:
        about = blake2b(json.dumps([self.tenant, self.asked]).encode(), digest_size=16).digest()
        return hmac.digest(self.keys.of(self.tenant), about + said, "sha256")[:_SIGNATURE]
