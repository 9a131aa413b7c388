"""The throw-away installation of a rehearsal: the operator's settings, with everything that is written elsewhere."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.cli.folders import make_new_folder, write_configuration_file
from ecosmig_publish.migration_data.opening import FORMS
from ecosmig_publish.own_directory import make_own_directory
from ecosmig_publish.settings.model import LedgerSettings, OperationsSettings, OutboxSettings
from ecosmig_publish.settings.writing import settings_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ecosmig_publish.settings import Settings
    from ecosmig_publish.settings.model import DestinationSettings, SupplierSettings

STAND_IN, SEEN = "sharepoint", "seen-by-suppliers"
_HEAD = """\
# Written by `ecosmig rehearse`: what it published to is the stand-in, and answers no more.
# Let it answer again, in another terminal: {stand_in}
"""
_NO_SOURCE = "# source.url may hold a password and is not written down here: set ECOSMIG_SOURCE__URL.\n"


@contextmanager
def rehearsal_home(directory: Path | None) -> Iterator[Path]:
    """Yield the folder in which everything is made; one that nobody named is taken away at the end.

    Raises `UsageError` where the named one holds something.
    """
    if directory is not None:
        make_new_folder(directory, is_own=True)
        kept = directory.resolve()
        # An empty folder that was there may be open to others; what is put into it is the owner's real data.
        for name in (STAND_IN, SEEN):
            make_own_directory(kept / name)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="ecosmig-rehearsal-", ignore_cleanup_errors=True) as home:
        yield Path(home).resolve()


def rehearsal_settings(
    settings: Settings,
    home: Path,
    begins_at: datetime,
    destination: DestinationSettings,
    suppliers: Sequence[SupplierSettings],
) -> Settings:
    """Return the operator's settings for an installation below `home` whose first slots fall due at `begins_at`."""
    source = settings.source.model_copy(update={"url": _absolute(settings.source.url, settings.base)})
    return settings.model_copy(
        update={
            "base": home,
            "start": begins_at - timedelta(seconds=1),
            "source": source,
            "ledger": LedgerSettings(url=f"sqlite:{home / 'state' / 'ecosmig.db'}"),
            "outbox": OutboxSettings(path=home / "state" / "outbox"),
            "destination": destination,
            # Who acts stays who acts; nobody is told.
            "operations": OperationsSettings(identity=settings.operations.identity),
            "suppliers": tuple(suppliers),
        }
    )


def write_rehearsal(settings: Settings, stand_in: str) -> Path:
    """Write the configuration that leads to what was made, and return its path; `stand_in` starts the stand-in."""
    head, path = _HEAD.format(stand_in=stand_in), settings.base / "ecosmig.toml"
    if "://" in settings.source.url:
        head += _NO_SOURCE
        settings = settings.model_copy(update={"source": settings.source.model_copy(update={"url": "parquet:data"})})
    write_configuration_file(path, head + settings_toml(settings))
    return path


def _absolute(url: str, base: Path) -> str:
    form, _, address = url.partition(":")
    return f"{form}:{base / address}" if form in FORMS else url
