"""One file or folder, as Graph describes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = "id,name,size,file,folder,deleted,parentReference,createdDateTime,lastModifiedDateTime,lastModifiedBy,eTag"
"""What is asked for: no more than `parse_item` reads."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file or folder; `hash` is its quickXorHash, None where Graph says none (yet). `modified_by` is for people.

    `etag` changes with its bytes, its name and its place.
    """

    id: str
    name: str
    parent_id: str
    size: int
    is_folder: bool
    hash: str | None
    modified_at: datetime | None
    modified_by: str
    deleted: bool = False
    created_at: datetime | None = None
    etag: str | None = None


def parse_item(document: Mapping[str, Any]) -> Item:
    """Read a driveItem; what is missing or of another type counts as unsaid."""
    size = document.get("size")
    hashes = part(part(document, "file"), "hashes")
    quick_xor = hashes.get("quickXorHash")
    return Item(
        id=str(document.get("id") or ""),
        name=str(document.get("name") or ""),
        parent_id=str(part(document, "parentReference").get("id") or ""),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else -1,
        is_folder=document.get("folder") is not None or document.get("root") is not None,
        hash=quick_xor if isinstance(quick_xor, str) and quick_xor else None,
        modified_at=parse_instant(document.get("lastModifiedDateTime")),
        modified_by=_who(part(document, "lastModifiedBy")),
        deleted=document.get("deleted") is not None,
        created_at=parse_instant(document.get("createdDateTime")),
        etag=_text(document.get("eTag")),
    )


def part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object inside a document, an empty one where none is."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _who(identities: Mapping[str, Any]) -> str:
    """Return the names of whoever did something: a person where there is one, and the application."""
    names = [part(identities, kind) for kind in ("user", "application")]
    shown = [str(one.get("email") or one.get("displayName") or one.get("id") or "") for one in names]
    return " by ".join(dict.fromkeys(name for name in shown if name))


def parse_instant(text: object) -> datetime | None:
    """Return an instant in UTC, None where the text is none."""
    try:
        instant = datetime.fromisoformat(str(text))
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
