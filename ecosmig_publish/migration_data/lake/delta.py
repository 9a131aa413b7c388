"""Delta tables in a folder, each as it stood when the source was opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.contract import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXTRA = 'pip install "ecosmig-publish[lake]"'


def add_delta(backend: Any, folder: str, mapped: Iterable[str]) -> None:
    """Let the engine see the Delta tables `<folder>/<table>`: all that a disk has, else the contract's and `mapped`.

    Raises `SourceError` where the driver is missing, or what that raises.
    """
    try:
        from deltalake import DeltaTable  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SourceError("source.url asks for Delta tables, whose driver is not installed", hint=_EXTRA) from error
    for name in _names(folder, mapped):
        address = f"{folder.rstrip('/')}/{name}"
        if DeltaTable.is_deltatable(address):
            # The files of one version, whatever is written meanwhile; the engine reads what it asks of them.
            backend.con.register(name, DeltaTable(address).to_pyarrow_dataset())


def _names(folder: str, mapped: Iterable[str]) -> set[str]:
    if "://" in folder:
        return {*CONTRACT, *mapped}
    if not Path(folder).is_dir():
        raise SourceError(
            f"source delta:{folder}: not a folder", hint="Name the folder that holds the tables' folders."
        )
    return {path.name for path in Path(folder).iterdir() if path.is_dir()}
