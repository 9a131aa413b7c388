"""README.txt of a pack: what it is, how it is checked, what it proves and what it doesn't."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.evidence.pack.building import Built
    from ecosmig_publish.evidence.pack.scope import Scope


def readme_text(built: Built, scope: Scope, made: Mapping[str, object]) -> str:
    """Return the text of a pack that was built; `made` is what made.json says."""
    here = files("ecosmig_publish.evidence.pack")
    fingerprint = made["fingerprint"]
    chain = "readme_whole.txt" if scope.suppliers is None else "readme_some.txt"
    return Template((here / "readme.txt").read_text(encoding="utf-8")).substitute(
        made,
        who="all recipients" if scope.suppliers is None else " ".join(scope.suppliers),
        since=f"{scope.span.since:%Y-%m-%dT%H:%M:%SZ}",
        until=f"{scope.span.until:%Y-%m-%dT%H:%M:%SZ}",
        deadline=scope.deadline,
        signed=fingerprint or "BY NOBODY: whoever had this pack in hand can have changed it",
        acts=f"{built.acts:,}",
        shown=f"{built.shown:,}",
        head=built.head,
        totals="\n".join(f"{count:>14,}  {what}" for what, count in built.totals.items()),
        chain=(here / chain).read_text(encoding="utf-8").strip(),
    )
