"""API keys: made once, kept as salted hashes, and recognised."""

import re
import secrets
from dataclasses import dataclass
from hashlib import scrypt, sha256
from hmac import compare_digest

from wallboard.errors import InvalidRequest
from wallboard.services.ports import ApiKeys, StoredKey

SCOPES = frozenset({"ingest", "read", "pii", "admin"})
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LOCATOR_LENGTH = 4  # hex digits: enough to spread keys over partitions, too few to tell one


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: the tenant of the key, what it may do, and which key it is."""

    tenant: str
    scopes: frozenset[str]
    key_id: str


def new_key() -> str:
    """A key that nobody can guess: 192 random bits."""
    return f"wb_{secrets.token_urlsafe(24)}"


def register(key: str, *, tenant: str, scopes: frozenset[str], keys: ApiKeys) -> Principal:
    """Makes a key known; doing it again changes nothing. Raises InvalidRequest for a tenant's name
    that cannot be, an unknown scope, an empty key, or a
    key that is known already for another tenant or with other scopes."""
    if not _TENANT.fullmatch(tenant):
        raise InvalidRequest(f"tenant: {tenant[:80]!r} is not a name; use up to 63 of a-z, 0-9 and -, not - first")
    if not key.strip():
        raise InvalidRequest("key: must not be empty")
    if unknown := sorted(scopes - SCOPES):
        raise InvalidRequest(f"scopes: {', '.join(unknown)} is not known; use {', '.join(sorted(SCOPES))}")
    found = recognise(key, keys=keys)
    if found:
        if (found.tenant, found.scopes) != (tenant, scopes):
            raise InvalidRequest("key: is known already, for another tenant or with other scopes; make a new one")
        return found
    salt = secrets.token_bytes(16)
    stored = StoredKey(secrets.token_hex(8), tenant, scopes, salt, _hash(key, salt))
    keys.put(_locator(key), stored)
    return Principal(tenant, scopes, stored.id)


def recognise(key: str, *, keys: ApiKeys) -> Principal | None:
    """Whose key this is; None when nobody's."""
    for stored in keys.find(_locator(key)):
        if compare_digest(stored.hash, _hash(key, stored.salt)):
            return Principal(stored.tenant, stored.scopes, stored.id)
    return None


def _locator(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:_LOCATOR_LENGTH]


def _hash(key: str, salt: bytes) -> bytes:
    return scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1)
