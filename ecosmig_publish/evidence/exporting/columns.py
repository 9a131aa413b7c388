"""What an export says of each file and act, and in which order its columns stand; names are those of `audit list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.receipts import Seen
from ecosmig_publish.ledger.columns import instant_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.ledger import Act, FolderEntry

FILE_COLUMNS = (
    "report",
    "slot",
    "period_start",
    "period_end",
    "cut_off",
    "recipient",
    "folder",
    "folder_id",
    "name",
    "sequence",
    "part",
    "rows",
    "size",
    "sha256",
    "quick_xor_hash",
    "issued_at",
    "published_at",
    "adopted",
    "item_id",
    "proved_at",
    "resent_at",
    "is_correction",
    "corrects",
    "correction_reason",
    "superseded_by",
    "withdrawn_at",
    "withdrawal_reason",
    "removed",
    "released",
    "brake",
    "braked_at",
    "brake_released_at",
    "conflict",
    "conflict_found_at",
    "seen_by_recipient",
    "seen_at",
    "opened",
    "opened_by",
    "receipt_found_at",
)
ACT_COLUMNS = ("id", "at", "identity", "host", "version", "kind", "subject", "content", "previous_hash", "hash")

_RENAMED = {
    "due_at": "slot",
    "generated_at": "issued_at",
    "supersedes": "corrects",
    "corrected_because": "correction_reason",
    "withdrawn_because": "withdrawal_reason",
}


def file_row(known: Mapping[str, Any], folder: FolderEntry | None) -> dict[str, Any]:
    """Return a file that the ledger's `files_of_stream` gave as it is exported; a file without a folder has none."""
    said = {_RENAMED.get(name, name): value for name, value in known.items()}
    said["folder"], said["folder_id"] = (folder.name, folder.folder_id) if folder else (None, None)
    said["seen_by_recipient"] = known["seen_by_recipient"] or Seen.UNKNOWN.value
    return {name: said[name] for name in FILE_COLUMNS}


def act_row(act: Act) -> dict[str, Any]:
    """Return an act as it is exported; `content` is the very text that its hash covers."""
    return {**{name: getattr(act, name) for name in ACT_COLUMNS}, "at": instant_text(act.at)}
