"""What stands beside the files: folders, who could read them, what changed, what is held, what can't be reported."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from ecosmig_publish.evidence.pack.acts import CHANGES
from ecosmig_publish.ledger.columns import instant_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from ecosmig_publish.evidence.pack.acts import Noted
    from ecosmig_publish.evidence.pack.others import Others
    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.ledger import FolderEntry

FOLDERS = ("recipient", "folder_id", "name", "party_name", "onboarded_at", "act")
CHANGED = ("act", "at", "identity", "kind", "subject", "recipient", "names", "reason", "detail")
HELD = ("hold", "report", "recipient", "key_digest", "reasons", "held_since", "last_tried", "ended", "ended_by")
PROBLEMS = ("report", "slot", "recipient", "reason", "key_digest", "count")
ACCESS = ("act", "at", "recipient", "folder_id", "readers", "is_exact", "looked_at")

_DIGITS = 8


def folder_rows(folders: Mapping[str, FolderEntry], noted: Iterable[Noted]) -> Iterator[dict[str, Any]]:
    """Yield the suppliers' folders as they were pinned, by signifier."""
    acts = {it.subject: it.number for it in noted if it.kind == "onboard"}
    for signifier, entry in sorted(folders.items()):
        yield {
            "recipient": signifier,
            "folder_id": entry.folder_id,
            "name": entry.name,
            "party_name": entry.party_name,
            "onboarded_at": instant_text(entry.onboarded_at),
            "act": acts.get(signifier),
        }


def change_rows(
    noted: Iterable[Noted], scope: Scope, files: Collection[str], others: Others
) -> Iterator[dict[str, Any]]:
    """Yield what was decided of the files of the span, and what was found in the suppliers' folders during it."""
    since, until = instant_text(scope.span.since), instant_text(scope.span.until)
    for it in noted:
        names = names_of(it)
        is_found = it.kind == "find" and since <= it.at < until
        if it.kind in CHANGES and (is_found or any(name in files for name in names)):
            yield {
                "act": it.number,
                "at": it.at,
                "identity": it.identity,
                "kind": it.kind,
                "subject": others.without(it.subject),
                "recipient": min(it.recipients),
                "names": [others.without(name) for name in names],
                "reason": others.without(it.told.get("reason")),
                "detail": others.without(it.told.get("detail")),
            }


def access_rows(noted: Iterable[Noted], scope: Scope) -> Iterator[dict[str, Any]]:
    """Yield who could read each supplier's folder whenever an administrator looked in the span, and the look before."""
    since, until = instant_text(scope.span.since), instant_text(scope.span.until)
    before: dict[str, Noted] = {}
    looks: list[Noted] = []
    for it in noted:
        if it.kind == "prove-access" and it.told["looked_at"] < until:
            if it.told["looked_at"] >= since:
                looks.append(it)
            else:
                before[it.subject] = it
    for it in sorted([*before.values(), *looks], key=lambda look: look.number):
        yield {
            "act": it.number,
            "at": it.at,
            "recipient": it.subject,
            **{key: it.told[key] for key in ("folder_id", "readers", "is_exact", "looked_at")},
        }


def held_rows(holds: Iterable[Mapping[str, Any]], scope: Scope) -> Iterator[dict[str, Any]]:
    """Yield the held rows that are a supplier's by what the source says; those of nobody in the pack of all alone."""
    for hold in holds:
        if scope.has(hold["recipient"]):
            yield {
                "hold": hold["id"],
                "report": hold["report"],
                "recipient": hold["recipient"],
                "key_digest": key_digest(hold["key"]),
                "reasons": hold["reasons"].split(" "),
                "held_since": hold["held_since"],
                "last_tried": hold["last_tried"],
                "ended": hold["closed"],
                "ended_by": hold["closed_by"],
            }


def problem_rows(problems: Iterable[Mapping[str, Any]], scope: Scope) -> Iterator[dict[str, Any]]:
    """Yield what a slot could not report of a supplier's."""
    for problem in problems:
        if scope.has(problem["recipient"]):
            yield {
                "report": problem["report"],
                "slot": problem["due_at"],
                "recipient": problem["recipient"],
                "reason": problem["reason"],
                "key_digest": key_digest(problem["key"]),
                "count": problem["count"],
            }


def key_digest(key: str | None) -> str | None:
    """Return what tells rows apart, and whether a key that somebody shows is this one: 8 digits of its SHA-256.

    No more of them: a key may hold a Device ID, and whoever has a whole digest finds it by trying all there are.
    """
    return None if key is None else hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]


def names_of(noted: Noted) -> list[str]:
    """Return the names of the files that an act is about."""
    told = noted.told
    files = told.get("files") or [told.get("name") or told.get("corrected") or noted.subject]
    return [str(file["name"]) if isinstance(file, dict) else str(file) for file in files]
