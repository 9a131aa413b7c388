"""What an access token says of its bearer's permissions."""

from __future__ import annotations

import base64
import json


def roles_in(token: str) -> frozenset[str] | None:
    """Return the application permissions that a token carries; proves nothing.

    None where it can't be read, or is a person's.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, dict) or "scp" in claims:
        return None
    roles = claims.get("roles", [])
    return frozenset(map(str, roles)) if isinstance(roles, list) else None
