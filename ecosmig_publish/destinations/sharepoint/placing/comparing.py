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


def is_sent(library: Library, item: Item, fingerprint: Fingerprint, about: str) -> bool:
    """Whether the bytes that were just sent arrived as they were: quickXorHash tells every accident on the way."""
    if item.is_folder or item.size != fingerprint.size:
        return False
    known = item.hash or (late_hash(library, item, about) if item.size else fingerprint.quick_xor_hash)
    return known == fingerprint.quick_xor_hash if known else _has_bytes(library, item, fingerprint, about)


def is_same(library: Library, item: Item, fingerprint: Fingerprint, about: str) -> bool:
    """Whether an item that somebody put there is the issue's file.

    Its bytes are read and their SHA-256 compared: quickXorHash takes many different files for one (two that consist
    of one letter each, two rows that changed places), and a wrong file would be taken for published.
    """
    if (
        item.is_folder
        or item.size != fingerprint.size
        or (item.hash or fingerprint.quick_xor_hash) != (fingerprint.quick_xor_hash)
    ):
        return False
    return _has_bytes(library, item, fingerprint, about)


def _has_bytes(library: Library, item: Item, fingerprint: Fingerprint, about: str) -> bool:
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in read_bytes(library.graph, library.item_path(item.id), about):
            digest.update(chunk)
            size += len(chunk)
            if size > fingerprint.size:
                return False
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
