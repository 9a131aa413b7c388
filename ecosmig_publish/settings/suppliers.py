"""Recipients' users and groups from a file beside the configuration."""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("signifier", "users", "group")


def read_suppliers(path: Path) -> list[Any]:
    """Return the entries of a `.csv` (columns signifier, users parted by `;`, group) or `.toml` file.

    Raises `ConfigurationError`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigurationError(
            f"suppliers: {path}: {reason}",
            hint="Set `suppliers` to a .csv or .toml file beside the configuration.",
        ) from error
    if path.suffix == ".toml":
        try:
            return list(tomllib.loads(text).get("suppliers", []))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path}: {error}", hint="Mend the TOML there.") from error
    rows = csv.DictReader(text.splitlines())
    unknown = set(rows.fieldnames or ()) ^ set(_COLUMNS)
    if unknown:
        raise ConfigurationError(
            f"{path}: its columns are {', '.join(rows.fieldnames or ()) or 'none'}",
            hint="The first line reads: signifier,users,group",
        )
    return [_entry(row) for row in rows]


def _entry(row: dict[str, str]) -> dict[str, Any]:
    users = tuple(user.strip() for user in (row["users"] or "").split(";") if user.strip())
    entry: dict[str, Any] = {"signifier": row["signifier"], "users": users}
    if row["group"]:
        entry["group"] = row["group"].strip()
    return entry
