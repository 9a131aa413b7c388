"""One JSON document, a row a line, that is never held as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def write_json(write: Callable[[str], object], name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write `{"<name>": [rows]}` piece by piece; return how many rows there were."""
    write(f'{{"{name}":[\n')
    count = 0
    for count, row in enumerate(rows, 1):
        write((",\n" if count > 1 else "") + json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    write("\n]}\n" if count else "]}\n")
    return count
