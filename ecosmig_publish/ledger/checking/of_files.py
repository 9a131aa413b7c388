"""A slot's files against what an act says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.tables import files, issues

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.ledger.checking.acting import Ground, Told

FILE_FACTS = ("recipient", "sequence", "part", "name", "rows", "size", "sha256", "quick_xor_hash")
"""What an act says of each file that it issued."""


def compare_files(act: Told, told: Sequence[Mapping[str, Any]], slot_id: int, ground: Ground) -> None:
    """Say where a slot's files are not those that an act issued; note those that are there."""
    wanted = (
        select(files)
        # By the issue alone: with the rest of the foreign key SQLite goes through the recipient's whole stream.
        .select_from(issues.join(files, files.c.issue_id == issues.c.id))
        .where(issues.c.slot_id == slot_id)
    )
    stand = {(row.recipient, row.sequence): row for row in ground.connection.execute(wanted)}
    for file in told:
        name = str(file.get("name"))
        row = stand.get((file.get("recipient"), file.get("sequence")))
        if row is None:
            ground.pending.say(name, "file", act.fault(f"the file {name} that it issued is not in the table files"))
            continue
        ground.seen.add("files", row.id)
        different = differences({fact: file.get(fact) for fact in FILE_FACTS}, row._mapping)  # noqa: SLF001 - its name
        ground.pending.say(name, "file", act.fault(f"files {row.id} ({name}): {different}") if different else None)
