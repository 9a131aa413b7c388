"""Names and texts as the embedded engine's SQL has them."""

from __future__ import annotations


def quoted(name: str) -> str:
    """Return a name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def escaped(text: object) -> str:
    """Return what stands between a text's quotes."""
    return str(text).replace("'", "''")
