"""Recipients' users and groups from a file beside the configuration."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings.toml_text import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = ("signifier", "users", "group")
_HEADER = f"The first line reads: {','.join(_COLUMNS)}"


@dataclass(frozen=True, slots=True)
class SupplierEntry:
    """One recipient as it was written, and where that stands."""

    value: Any
    place: str


def read_suppliers(path: Path) -> list[SupplierEntry]:
    """Return the entries of a `.csv` (columns signifier, users parted by `;`, group) or `.toml` file.

    What the entries hold is not looked at here. Raises `ConfigurationError`.
    """
    if path.suffix not in (".csv", ".toml"):
        raise ConfigurationError(
            f"suppliers: {path}: neither a .csv nor a .toml file",
            hint='Set suppliers = "suppliers.csv", with the columns signifier,users,group.',
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        hint = "Set `suppliers` to a .csv or .toml file beside the configuration."
        if isinstance(error, UnicodeDecodeError):
            reason, hint = f"not UTF-8 at byte {error.start}", "Save it as UTF-8."
        raise ConfigurationError(f"suppliers: {path}: {reason}", hint=hint) from error
    return list(_from_toml(path, text) if path.suffix == ".toml" else _from_csv(path, text))


def _from_toml(path: Path, text: str) -> Iterator[SupplierEntry]:
    table = parse_toml(text, path)
    entries = table.get("suppliers")
    if set(table) != {"suppliers"} or not isinstance(entries, list):
        raise ConfigurationError(f"{path}: it holds something else than [[suppliers]]", hint=_hint_of_toml())
    for number, entry in enumerate(entries, 1):
        yield SupplierEntry(entry, f"{path}, entry {number}")


def _from_csv(path: Path, text: str) -> Iterator[SupplierEntry]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        if sorted(header) != sorted(_COLUMNS):
            raise ConfigurationError(f"{path}: its columns are {', '.join(header) or 'none'}", hint=_HEADER)
        for cells in lines:
            place = f"{path}, line {lines.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(_COLUMNS):
                raise ConfigurationError(
                    f"{place}: {len(cells)} values where the columns are {', '.join(header)}",
                    hint="Leave a column empty between its commas; part several users by `;`.",
                )
            yield SupplierEntry(_entry(dict(zip(header, cells, strict=True))), place)
    except csv.Error as error:
        raise ConfigurationError(f"{path}, line {lines.line_num}: {error}", hint="Mend that line.") from error


def _entry(row: dict[str, str]) -> dict[str, Any]:
    users = tuple(user.strip() for user in row["users"].split(";") if user.strip())
    entry: dict[str, Any] = {"signifier": row["signifier"].strip(), "users": users}
    if row["group"].strip():
        entry["group"] = row["group"].strip()
    return entry


def _hint_of_toml() -> str:
    return 'Write entries of [[suppliers]] with signifier = "PXX999" and users = ["…"] or group = "…".'
