"""Find the configuration, read it, and say everything that is wrong with it at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings.environment import CONFIG, from_environment, keys_set, merged
from ecosmig_publish.settings.faults import Origins, said
from ecosmig_publish.settings.keys import INTERNAL
from ecosmig_publish.settings.model import Settings
from ecosmig_publish.settings.paths import faults_of_paths, with_absolute_paths
from ecosmig_publish.settings.suppliers import read_suppliers
from ecosmig_publish.settings.toml_text import keys_with_nul, parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("ecosmig.toml", "config/ecosmig.toml")


def load_settings(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Settings:
    """Return the settings of `path`, else `ECOSMIG_CONFIG`, else ./ecosmig.toml, else config/ecosmig.toml.

    Environment variables go before the file. Relative paths start at the file's folder. Raises `ConfigurationError`
    with every fault: the key, what was found, the rule.
    """
    file = find_configuration(path, environ, cwd)
    base = file.parent.resolve()
    faults: list[str] = []
    written, surroundings = _read(file), from_environment(environ, faults)
    if INTERNAL in written:
        faults.append(f"{INTERNAL}: no such key")
    table = {**merged(written, surroundings), INTERNAL: base}
    faults += [f"{key}: holds a NUL" for key in keys_with_nul(table)]
    places: tuple[str, ...] = ()
    if isinstance(table.get("suppliers"), str):
        entries = read_suppliers(base / table["suppliers"])
        table["suppliers"] = [entry.value for entry in entries]
        places = tuple(entry.place for entry in entries)
    try:
        settings = with_absolute_paths(Settings.model_validate(table))
    except ValidationError as error:
        origins = Origins(frozenset(keys_set(surroundings)), places)
        faults += [said(fault, origins) for fault in error.errors(include_url=False)]
    else:
        faults = faults or faults_of_paths(settings)
        if not faults:
            return settings
    listed = "".join(f"\n  - {fault}" for fault in faults)
    raise ConfigurationError(
        f"{file}: {len(faults)} fault{'s' if len(faults) > 1 else ''} in the configuration{listed}",
        hint="Mend them there; `ecosmig init --dir NEW` writes a fresh one to compare with.",
    )


def find_configuration(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the file that `load_settings` reads. Raises `ConfigurationError` where there is none."""
    named = path or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    if named is not None:
        file = cwd / named
        # A name that no file can have is missing too: too long, or with a NUL.
        if not os.path.exists(file) or file.is_dir():  # noqa: PTH110 - pathlib raises for such a name
            by = "--config" if path else CONFIG
            what = f"a folder; did you mean {named / NAMES[0]}?" if os.path.isdir(file) else "no such file"  # noqa: PTH112
            raise ConfigurationError(f"{by} {named}: {what}", hint="ecosmig init writes one to fill in.")
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
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 at byte {error.start}", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}", hint="Give this user the right to read it.") from error
    return parse_toml(text, file)
