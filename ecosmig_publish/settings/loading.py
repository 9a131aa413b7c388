"""Find the configuration, read it, and say everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings.environment import CONFIG, from_environment, merged
from ecosmig_publish.settings.keys import nearest
from ecosmig_publish.settings.model import Settings
from ecosmig_publish.settings.suppliers import read_suppliers

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("ecosmig.toml", "config/ecosmig.toml")


def load_settings(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Settings:
    """Return the settings of `path`, else `ECOSMIG_CONFIG`, else ./ecosmig.toml, else config/ecosmig.toml.

    Environment variables go before the file. Relative paths start at the file's folder. Raises `ConfigurationError`
    with every fault: the key, what was found, the rule.
    """
    file = _find(path, environ, cwd)
    faults: list[str] = []
    table = merged(_read(file), from_environment(environ, faults))
    base = file.parent.resolve()
    table["base"] = base
    if isinstance(table.get("suppliers"), str):
        table["suppliers"] = read_suppliers(base / table["suppliers"])
    settings = None
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        faults += [_said(fault) for fault in error.errors(include_url=False)]
    if faults or settings is None:
        listed = "".join(f"\n  - {fault}" for fault in faults)
        raise ConfigurationError(
            f"{file}: {len(faults)} fault{'s' if len(faults) > 1 else ''} in the configuration{listed}",
            hint="Mend them there, or compare with a fresh one: ecosmig init --dir /tmp/fresh",
        )
    return _with_absolute_paths(settings)


def _find(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    named = path or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    if named is not None:
        file = cwd / named
        if not file.is_file():
            by = "--config" if path else CONFIG
            raise ConfigurationError(f"{by} {named}: no such file", hint="ecosmig init writes one to fill in.")
        return file
    for name in NAMES:
        if (cwd / name).is_file():
            return cwd / name
    raise ConfigurationError(
        f"no configuration: neither --config nor {CONFIG} is given, and {cwd} has neither {' nor '.join(NAMES)}",
        hint="ecosmig init writes one to fill in; ecosmig demo shows everything without one.",
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: not TOML: {error}", hint="Mend that line.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 at byte {error.start}", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}", hint="Give this user the right to read it.") from error


def _said(fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    kind, message = fault["type"], str(fault["msg"]).removeprefix("Value error, ")
    if kind == "extra_forbidden":
        guess = nearest(key)
        return f"{key}: no such key" + (f"; did you mean {guess}?" if guess else "")
    if kind == "missing":
        return f"{key}: missing" + (", such as start = 2026-01-01T00:00:00Z" if key == "start" else "")
    found = fault.get("input")
    shown = f" (found {found!r})" if isinstance(found, (str, int, float, bool)) and "ledger" not in key else ""
    return f"{key}: {message}{shown}" if key else message


def _with_absolute_paths(settings: Settings) -> Settings:
    base = settings.base
    outbox = settings.outbox.model_copy(update={"path": base / settings.outbox.path})
    folder = settings.destination.folder.model_copy(update={"path": base / settings.destination.folder.path})
    destination = settings.destination.model_copy(update={"folder": folder})
    return settings.model_copy(update={"outbox": outbox, "destination": destination})
