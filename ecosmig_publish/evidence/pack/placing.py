"""To put a finished pack where it was asked for: as a .zip or as a folder, whole or not at all."""

from __future__ import annotations

import os
import shutil
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import UsageError
from ecosmig_publish.evidence.pack.signing import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZIP = ".zip"
_OURS = (MANIFEST, "evidence.json")
# Of one instant, so that the same members give the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_OWNERS_ALONE = 0o600 << 16


def refuse_taken(out: Path, *, force: bool) -> None:
    """Raise `UsageError` where something stands there that may not, or can't, be written over."""
    if not os.path.lexists(out):
        return
    if not force:
        raise UsageError(f"{out} is there already", hint="--force writes over it; --out names another place.")
    wants_file = out.suffix == ZIP
    if wants_file == (out.is_dir() or out.is_symlink()) or (not wants_file and not _is_pack(out)):
        what = "a .zip is written over a file alone" if wants_file else "only a folder that is a pack is written over"
        raise UsageError(f"{out}: {what}", hint="Name another place: --out")


@contextmanager
def placed(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out`; what is in it at the end stands at `out`. Raises `UsageError`.

    Nobody else can read it: with the files it holds personal data.
    """
    made = out.with_name(f".{out.name}.{os.getpid()}.part")
    zipped = made.with_name(f"{made.name}{ZIP}")
    try:
        with _faults(out):
            made.mkdir(mode=0o700)
        yield made
        with _faults(out):
            if out.suffix == ZIP:
                _zip(made, zipped)
                zipped.replace(out)
            else:
                _replace_folder(out, made)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        zipped.unlink(missing_ok=True)


@contextmanager
def _faults(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}", hint="Name another place: --out") from error


def _is_pack(folder: Path) -> bool:
    return not folder.is_symlink() and folder.is_dir() and all((folder / name).is_file() for name in _OURS)


def _zip(folder: Path, path: Path) -> None:
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out, zipfile.ZipFile(out, "w") as archive:
        for name in names:
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, _OWNERS_ALONE
            with (folder / name).open("rb") as file, archive.open(member, "w", force_zip64=True) as into:
                shutil.copyfileobj(file, into, 1 << 20)


def _replace_folder(out: Path, made: Path) -> None:
    """Let the new pack take the place of the one that is there, which goes only then."""
    old = made.with_name(f"{made.name}.old")
    if out.exists():
        out.rename(old)
    try:
        made.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
