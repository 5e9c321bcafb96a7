"""The keys with which cursors are signed, in State: one for each tenant."""

import secrets
from dataclasses import dataclass, field

from wallboard.adapters.dynamodb import keys
from wallboard.adapters.dynamodb.table import Table
from wallboard.errors import Conflict

_SORT = "cursors"
_NEW = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class DynamoCursorKeys:
    """The port `CursorKeys`. A key never changes, so a process asks for it once."""

    table: Table
    _known: dict[str, bytes] = field(default_factory=dict, repr=False)

    def of(self, tenant: str) -> bytes:
        if tenant not in self._known:
            self._known[tenant] = self._stored(tenant) or self._made(tenant)
        return self._known[tenant]

    def _stored(self, tenant: str) -> bytes:
        item = self.table.get(keys.key(keys.settings_partition(tenant), _SORT), consistent=True)
        return bytes(item["key"]["B"]) if item else b""

    def _made(self, tenant: str) -> bytes:
        key = secrets.token_bytes(32)
        try:
            self.table.put({**keys.key(keys.settings_partition(tenant), _SORT), "key": {"B": key}}, _NEW)
        except Conflict:
            return self._stored(tenant)  # somebody else has just made one
        return key
