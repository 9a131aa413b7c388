"""An operator's folder whose destination is the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.driving import CONFIGURATION

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox

ROOT = "ECoS Migration Reports"


def configure(home: Path, sandbox: Sandbox, suppliers: dict[str, str]) -> None:
    """Let the installation in `home` publish to the stand-in; `suppliers` are users' mails by signifier."""
    blocks = [
        f'[[suppliers]]\nsignifier = "{signifier}"\nusers = ["{mail}"]\n' for signifier, mail in suppliers.items()
    ]
    text = "\n".join([CONFIGURATION, sandbox.configuration(), *blocks])
    (home / "ecosmig.toml").write_text(text, encoding="utf-8")


def folder_name(sandbox: Sandbox, signifier: str) -> str:
    """Return the path of a recipient's folder in the library."""
    root = sandbox.library().item(ROOT)
    assert root is not None
    (found,) = (
        item.name for item in sandbox._tenant.items.children(root.id, limit=100) if item.name.startswith(signifier)
    )
    return f"{ROOT}/{found}"
