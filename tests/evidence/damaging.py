"""Ways to damage a pack: with and without making seals, tables and MANIFEST fit again, as somebody with a text editor
would, and somebody who has read check.py."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import TYPE_CHECKING, Any

from ecosmig_publish.evidence.exporting import cell
from ecosmig_publish.ledger.chain import canonical

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, Any]


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines), encoding="utf-8")


def rows_of(root: Path, section: str, member: str = "evidence.json") -> list[Row]:
    rows: list[Row] = json.loads((root / member).read_text(encoding="utf-8"))[section]
    return rows


def rewrite(root: Path, section: str, change: Callable[[list[Row]], list[Row]]) -> None:
    """Change the rows of a section and make everything fit again but the signature: seals, numbers, table, totals."""
    document = json.loads((root / "evidence.json").read_text(encoding="utf-8"))
    rows = change(document[section])
    lines = lines_of(root / "evidence.json")
    first = lines.index(f'"{section}":[') + 1
    last = lines.index("],", first)
    sealed = []
    for number, row in enumerate(rows, 1):
        bare = {**row, "row": number}
        del bare["row_sha256"]
        text = canonical(bare)
        seal = hashlib.sha256(text.encode()).hexdigest()
        sealed.append({**bare, "row_sha256": seal})
    texts = [canonical({k: v for k, v in it.items() if k != "row_sha256"})[:-1] for it in sealed]
    texts = [f'{text},"row_sha256":"{it["row_sha256"]}"}}' for text, it in zip(texts, sealed, strict=True)]
    lines[first:last] = ",\n".join(texts).split("\n") if texts else []
    totals = document["totals"] | {section: len(rows)}
    lines[-2] = f'"totals":{canonical(totals)}}}'
    write_lines(root / "evidence.json", lines)
    with (root / f"{section}.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with (root / f"{section}.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(columns)
        table.writerows([cell(row[name]) for name in columns] for row in sealed)
    list_again(root)


def edit_rows(root: Path, section: str, place: int, **changed: object) -> None:
    """Edit one row so that all fits again but the signature."""
    rewrite(root, section, lambda rows: [*rows[:place], rows[place] | changed, *rows[place + 1 :]])


def edit_text(root: Path, member: str, old: str, new: str) -> None:
    """Edit a member as with a text editor, at the first place that fits."""
    content = (root / member).read_bytes()
    assert old.encode() in content, old
    (root / member).write_bytes(content.replace(old.encode(), new.encode(), 1))


def list_again(root: Path) -> None:
    """Write MANIFEST as the members are now; only the signature of it can't be made."""
    names = sorted(it.relative_to(root).as_posix() for it in root.rglob("*") if it.is_file())
    names = [name for name in names if name not in ("MANIFEST", "MANIFEST.sig")]
    lines = [f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (root / "MANIFEST").write_text("".join(lines), encoding="utf-8")


def line_of(root: Path, member: str, *texts: str) -> int:
    """Return the place of the first line that has all of these texts in it."""
    return next(place for place, line in enumerate(lines_of(root / member)) if all(text in line for text in texts))


def rehash(root: Path, number: int, **changed: object) -> None:
    """Edit an act and give it the hash that then is its own."""
    place = line_of(root, "acts.json", f'"id":{number},')
    lines = lines_of(root / "acts.json")
    act = json.loads(lines[place].rstrip(",")) | changed
    fields = {key: value for key, value in act.items() if key != "hash"} | {"at": act["at"].replace("Z", "+00:00")}
    act["hash"] = hashlib.sha256(canonical(fields).encode()).hexdigest()
    lines[place] = canonical(act) + ","
    write_lines(root / "acts.json", lines)
