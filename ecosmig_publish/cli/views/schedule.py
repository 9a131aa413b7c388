"""What `schedule` prints or writes."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.cli.screen import show_line
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.operations.schedules import Job, cron_job, crontab, systemd_units, windows_task
from ecosmig_publish.settings.loading import find_configuration, load_settings

if TYPE_CHECKING:
    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.settings import Settings

_WRITES_NOTHING = "Nothing was overwritten: move it away, or name another --dir."


def show_schedule(
    invocation: Invocation, scheduler: str | None, directory: Path | None, *, user: str, image: str
) -> int:
    """Print the files for one scheduler, or for all; with `directory` write them there. Nothing is overwritten."""
    config = find_configuration(invocation.config, os.environ, Path.cwd()).resolve()
    settings = load_settings(config, os.environ, Path.cwd())
    job = Job(_program(), config, user, _writes_to(settings), image)
    files = _files(job)
    chosen = files if scheduler is None else {scheduler: files[scheduler]}
    texts = {name: text for of in chosen.values() for name, text in of.items()}
    if directory is not None:
        written = [_write(directory / name, text) for name, text in texts.items()]
        invocation.result({"written": written}, lambda: _say_written(written))
        return ExitStatus.OK
    invocation.result({"files": texts}, lambda: _render(texts))
    return ExitStatus.OK


def _files(job: Job) -> dict[str, dict[str, str]]:
    return {
        "systemd": systemd_units(job),
        "crontab": {"ecosmig.crontab": crontab(job)},
        "kubernetes": {"ecosmig-cronjob.yaml": cron_job(job)},
        "windows": {"ecosmig-task.xml": windows_task(job)},
    }


def _program() -> tuple[str, ...]:
    """Return how a scheduler, which has no PATH of the operator's, calls this very program."""
    script = Path(sys.argv[0])
    if script.name == "__main__.py":
        return (sys.executable, "-m", "ecosmig_publish")
    found = shutil.which(sys.argv[0])
    return (str(Path(found or script).absolute()),)


def _writes_to(settings: Settings) -> tuple[Path, ...]:
    """Return the folders that a run writes to, none inside another."""
    folders = {settings.outbox.path.parent}
    scheme, _, ledger = settings.ledger.url.partition(":")
    if scheme == "sqlite":
        folders.add((settings.base / ledger).parent)
    if settings.destination.kind == "folder":
        folders.add(settings.destination.folder.path)
    return tuple(sorted(one for one in folders if not any(other in one.parents for other in folders)))


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint=_WRITES_NOTHING) from error
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}", hint="Name another --dir.") from error
    return path


def _say_written(written: list[Path]) -> None:
    for path in written:
        show_line(f"Wrote {path}.")


def _render(texts: dict[str, str]) -> None:
    """Print one file as it is, so that it can be redirected; several each under its name."""
    for name, text in texts.items():
        if len(texts) > 1:
            show_line(f"# ---- {name}")
        show_line(text.rstrip("\n"))
        if len(texts) > 1:
            show_line("")
