"""Is this the issue's file? By size and quickXorHash; where the service has no hash, by its bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.library.reading import read_bytes
from ecosmig_publish.errors import NotFoundError

if TYPE_CHECKING:
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.fingerprint import Fingerprint

LOOKS = 3
"""How often an item without a hash is looked at again, before its bytes are read."""


def is_equal(library: Library, item: Item, fingerprint: Fingerprint, about: str) -> bool:
    """Whether `item` is a file of this size and content, as the service has it."""
    if item.is_folder or item.size != fingerprint.size:
        return False
    if not fingerprint.size:
        return True
    known = item.hash or late_hash(library, item, about)
    if known is not None:
        return known == fingerprint.quick_xor_hash
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in read_bytes(library.graph, library.item_path(item.id), about):
            digest.update(chunk)
            size += len(chunk)
    except NotFoundError:
        return False
    return (size, digest.hexdigest()) == (fingerprint.size, fingerprint.sha256)


def late_hash(library: Library, item: Item, about: str) -> str | None:
    """Return the hash of an item that came without one, asked for a few times; None where it stays away."""
    for number in range(LOOKS):
        library.graph.waiting.pause(number)
        again = library.item(item.id, about)
        if again is None or again.size != item.size:
            return None
        if again.hash is not None:
            return again.hash
    return None
