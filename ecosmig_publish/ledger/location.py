"""Where the ledger stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ConfigurationError, LedgerError

if TYPE_CHECKING:
    from pathlib import Path

_SCHEME = "sqlite:"
_HINT = 'Set ledger.url = "sqlite:state/ecosmig.db" (relative to the configuration) or "sqlite:/absolute/path".'


def ledger_path(url: str, *, base: Path) -> Path:
    """Return the file that `sqlite:PATH` means, a relative one below `base`.

    Raises `LedgerError` for a database that this version doesn't work with, `ConfigurationError` for what is
    no address at all.
    """
    if url.startswith(("postgresql:", "postgresql+", "postgres:")):
        raise LedgerError("a ledger on PostgreSQL is not in this version", hint=_HINT)
    path = url.removeprefix(_SCHEME)
    if path == url or not path or path.startswith("//"):
        scheme = url.partition(":")[0]
        raise ConfigurationError(f"ledger.url ({scheme}:…) is no address of a ledger", hint=_HINT)
    return base / path
