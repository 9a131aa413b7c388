"""What was reported, told from the files: every source row is in one of them, or is held.

A file names a row by its Device and instant in whole seconds; of several such rows as many went out as stand there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.reading import read_report
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger import HeldEntry
from ecosmig_publish.reports.attempts import under, with_printed_firmware
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.ecosmig_006 import belonging
from ecosmig_publish.reports.installations import OF_GPF, commissionings, notifications
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.workflows.issuing.keys import NUMBERLESS, ledger_key, packed, source_keys, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.workflows.recovery.recovering_slots import Doubted

NOT_IN_FILES = "not-in-recovered-files"
"""Why a row is held that lies under the bounds of slots whose ledger was lost, and stands in none of their files."""
_TELLING = {
    Report.ECOSMIG_001: ("firmware_version",),
    Report.ECOSMIG_002: ("firmware_version", "error_code", "error_sub_code"),
}
"""What else a file prints of an attempt, to tell two of one Device in one second apart."""
_PRINTED = pa.schema([("device_id", pa.string()), ("at", pa.timestamp("us")), ("told", pa.string())])


@dataclass(frozen=True, slots=True)
class Holds:
    """Keys of a report's holds that may have been reported since: those open now, those closed by slots in doubt."""

    opened: frozenset[str]
    closed: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All that have a number."""
        return (self.opened | self.closed) - set(NUMBERLESS)


@dataclass(frozen=True, slots=True)
class Accounted:
    """Rows to hold, holds that were reported, keys by slot (006), and how many printed rows no source row is behind."""

    held: tuple[HeldEntry, ...] = ()
    reported: frozenset[str] = frozenset()
    keys: Mapping[Slot, tuple[bytes, ...]] = field(default_factory=dict)
    unanswered: int = 0


def printed_in(report: Report, chunks: Iterable[bytes]) -> pa.Table:
    """Return `device_id`, `at` (naive UTC) and what else tells each detail of a file, in its order.

    Raises `InvalidFileError`.
    """
    names = [field.name for field in CATALOGUE[report].fields]
    device, moment = names.index("device_id"), names.index(CATALOGUE[report].order[0])
    others = [names.index(name) for name in _TELLING.get(report, ())]
    devices, instants, told = [], [], []
    _, details = read_report(chunks)
    for values in details:
        devices.append(values[device])
        instants.append(values[moment].astimezone(UTC).replace(tzinfo=None))  # type: ignore[union-attr]
        told.append("|".join("" if values[place] is None else str(values[place]) for place in others))
    return pa.table({"device_id": devices, "at": instants, "told": told}, schema=_PRINTED)


def account_for_attempts(it: Doubted, printed: Iterable[pa.Table], holds: Holds, data: MigrationData) -> Accounted:
    """Return what becomes of the attempts between the last trusted bounds and the last ones, and of what was held."""
    table = pa.concat_tables([_PRINTED.empty_table(), *printed])
    placed = _placed(_candidates(it, holds, data), table, data)
    by_key = placed.group_by("attempt_id").agg(is_printed=placed.is_printed.any(), was_held=placed.was_held.any())
    # Of a number that stands twice one row has gone out: the number can't go out again.
    told = data.fetch(by_key.filter(~by_key.is_printed | by_key.was_held))
    answered = data.fetch(placed.aggregate(rows=placed.is_printed.sum().fill_null(0)))["rows"][0].as_py()
    reported, held = set(), []
    for row in told.to_pylist():
        key = ledger_key(it.report, row["attempt_id"])
        if row["is_printed"]:
            reported.add(key)
        elif key not in holds.opened:
            held.append(HeldEntry(key, (NOT_IN_FILES,), None))
    held.sort(key=lambda entry: entry.key)
    return Accounted(tuple(held), frozenset(reported & holds.opened), {}, table.num_rows - int(answered))


def _placed(attempts: Any, printed: pa.Table, data: MigrationData) -> Any:
    """Return the attempts with `is_printed`: of those that a file can't tell apart, as many as it has rows.

    What else is printed decides first; where it was mended since, the order of the attempts does.
    """
    exactly = data.memory_table(_counted(printed, "exact", "device_id", "at", "told"))
    roughly = data.memory_table(_counted(printed, "rough", "device_id", "at"))
    same = [("device_id", "exact_device_id"), ("at", "exact_at"), ("told", "exact_told")]
    attempts = attempts.left_join(exactly, same).drop("exact_device_id", "exact_at", "exact_told")
    same = [("device_id", "rough_device_id"), ("at", "rough_at")]
    attempts = attempts.left_join(roughly, same).drop("rough_device_id", "rough_at")
    # A row that was held may have been held still; the others went out with their slot.
    order = [attempts.was_held.ifelse(1, 0), attempts.completed_at, attempts.attempt_id]
    place = ibis.row_number().over(group_by=[attempts.device_id, attempts["at"], attempts.told], order_by=order)
    found = attempts.mutate(is_exact=place < attempts.exact_times.fill_null(0))
    exact = found.is_exact.ifelse(1, 0).sum().over(group_by=[found.device_id, found["at"]])
    found = found.mutate(left=found.rough_times.fill_null(0) - exact)
    order = [found.was_held.ifelse(1, 0), found.completed_at, found.attempt_id]
    place = ibis.row_number().over(group_by=[found.device_id, found["at"], found.is_exact], order_by=order)
    return found.mutate(is_printed=found.is_exact | (place < found.left))


def _counted(printed: pa.Table, prefix: str, *names: str) -> pa.Table:
    counted = printed.group_by(list(names)).aggregate([([], "count_all")])
    return counted.rename_columns([f"{prefix}_{name}" for name in (*names, "times")])


def _candidates(it: Doubted, holds: Holds, data: MigrationData) -> Any:
    """Return the attempts that the slots in doubt may have reported: new under their bounds, or held before."""
    attempts = data.tables.migration_attempts
    keys = source_keys(it.report, holds.all)
    held = data.memory_table(keys if keys.num_rows else pa.table({"key": pa.array([], pa.int64())}))
    attempts = attempts.filter(
        attempts.outcome == OUTCOMES[it.report],
        attempts.attempt_id.notnull(),
        under(attempts, Bounds(it.last.period.end, it.last.cut_off)),
    )
    attempts = attempts.mutate(at=attempts.completed_at.truncate("s"), was_held=attempts.attempt_id.isin(held.key))
    if it.trusted is not None:
        is_new = ~under(attempts, Bounds(it.trusted.period.end, it.trusted.cut_off))
        attempts = attempts.filter(is_new | attempts.was_held)
    attempts = with_printed_firmware(attempts, data.tables)
    texts = {
        "firmware_version": attempts.printed_firmware,
        "error_code": attempts.error_code,
        "error_sub_code": attempts.error_sub_code.cast("string"),
    }
    first, *others = (texts[name].fill_null("") for name in _TELLING[it.report])
    told = first
    for text in others:
        told = told + "|" + text
    attempts = attempts.mutate(told=told)
    return attempts.select("attempt_id", "device_id", "completed_at", "at", "was_held", "told")


def account_for_installations(
    it: Doubted,
    printed: Mapping[Slot, Sequence[pa.Table]],
    earlier: Iterable[bytes],
    holds: Holds,
    data: MigrationData,
    now: datetime,
) -> Accounted:
    """Return the keys of the installations that the slots in doubt reported; what belongs there and has none is held.

    `earlier` are the keys that earlier slots reported.
    """
    before = _texts(unpacked(earlier))
    finding = _Installations(_installations(printed, data, now), before, holds.all)
    keys: dict[Slot, tuple[bytes, ...]] = {}
    reported: set[str] = set()
    for slot in sorted(printed):
        found = [
            key
            for table in printed[slot]
            for device_id, at in zip(table["device_id"].to_pylist(), table["at"].to_pylist(), strict=True)
            if (key := finding.key_of(device_id, at)) is not None
        ]
        keys[slot] = tuple(packed([pa.array(found, pa.string())]))
        reported.update(found)
    unreported = _unreported(it, before | reported, data)
    held = tuple(HeldEntry(key, (NOT_IN_FILES,), None) for key in sorted(unreported - holds.opened))
    return Accounted(held, frozenset(reported & holds.opened), keys, finding.unanswered)


def _unreported(it: Doubted, reported: set[str], data: MigrationData) -> set[str]:
    """Return the keys of the installations that belong under the last slot's bounds, and were not reported."""
    known = data.memory_table(pa.table({"key": pa.array(sorted(reported), pa.string())}))
    bounds = Bounds(it.last.period.end, it.last.cut_off)
    question = Question(data.tables, it.last.period, bounds, None, None, reported_keys=known)
    return _texts(data.fetch(belonging(question).select("key")))


class _Installations:
    """Hands out the keys of installations, each once."""

    def __init__(self, rows: pa.Table, used: set[str], held: frozenset[str]) -> None:
        self.unanswered = 0
        self._by_instant: dict[tuple[str, datetime], list[str]] = {}
        self._notified: dict[str, str] = {}
        self._gpfs: set[str] = set()
        # The last is handed out first. A row that was held may be held still; the others went out with their slot.
        ordered = sorted(rows.to_pylist(), key=lambda row: row["key"] in held)
        for row in reversed(ordered):
            if row["is_gpf"]:
                self._gpfs.add(row["device_id"])
            if row["key"] in used:
                continue
            if row["key"].startswith(OF_GPF):
                self._notified[row["device_id"]] = row["key"]
            else:
                self._by_instant.setdefault((row["device_id"], row["at"]), []).append(row["key"])

    def key_of(self, device_id: str, at: datetime) -> str | None:
        changed = self._by_instant.get((device_id, at), [])
        if device_id in self._gpfs and device_id in self._notified:
            return self._notified.pop(device_id)
        if changed:
            return changed.pop()
        if device_id in self._notified:
            return self._notified.pop(device_id)
        self.unanswered += 1
        return None


def _installations(printed: Mapping[Slot, Sequence[pa.Table]], data: MigrationData, now: datetime) -> pa.Table:
    """Return every installation of the Devices that are printed, in the order of a report."""
    tables = [table.select(["device_id"]) for of_slot in printed.values() for table in of_slot]
    devices = pa.concat_tables([pa.table({"device_id": pa.array([], pa.string())}), *tables]).group_by("device_id")
    wanted = data.memory_table(devices.aggregate([]))
    question = Question(data.tables, None, Bounds(now, now), None, None)  # type: ignore[arg-type]
    found = commissionings(question).union(notifications(question)).semi_join(wanted, "device_id")
    known = data.tables.devices
    gpfs = known.filter(known.device_type == "GPF").select(gpf_id="device_id").distinct()
    found = found.left_join(gpfs, found.device_id == gpfs.gpf_id)
    found = found.select(
        "key", "device_id", "tie", at=found.occurred_at.truncate("s"), is_gpf=found.gpf_id.notnull()
    ).order_by("at", "device_id", "tie")
    return data.fetch(found)


def _texts(table: pa.Table | None) -> set[str]:
    return set(table["key"].to_pylist()) if table is not None else set()
