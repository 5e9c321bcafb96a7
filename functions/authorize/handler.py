"""The HTTP API's authorizer: finds out whose key a request carries. It never refuses: the doors answer 401 and 403."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from wallboard.runtime import wiring
from wallboard.services.keys import Principal, recognise

KEPT_FOR = 60_000
MOST = 1024
_recognised: dict[bytes, tuple[int, Principal]] = {}


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    headers = event.get("headers") or {}
    scheme, _, bearer = headers.get("authorization", "").strip().partition(" ")
    key = (scheme.lower() == "bearer" and bearer.strip()) or headers.get("x-api-key", "").strip()
    found = _recognise(key) if key else None
    if found is None:
        return {"isAuthorized": True, "context": {}}
    about = {"tenant": found.tenant, "scopes": " ".join(sorted(found.scopes)), "keyId": found.key_id}
    return {"isAuthorized": True, "context": about}


def _recognise(key: str) -> Principal | None:
    """Whose key it is; a known key is looked up once a minute, so that a revoked one is gone after that."""
    now = wiring.parts().now()
    digest = sha256(key.encode()).digest()
    kept = _recognised.get(digest)
    if kept and now < kept[0]:
        return kept[1]
    found = recognise(key, keys=wiring.parts().keys)
    _recognised.pop(digest, None)
    if found:
        if len(_recognised) >= MOST:
            _recognised.clear()
        _recognised[digest] = (now + KEPT_FOR, found)
    return found
