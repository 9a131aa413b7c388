"""The rules that a row keeps or breaks by itself: as data, counted in one scan of each table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.migration_data.check.faults import Severity
from ecosmig_publish.migration_data.contract import CONTRACT, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HOLDS = "Mend the rows in the source; until then publish holds what depends on them."
_LOOK = "Have a look at the warnings; publish holds only what a warning says is held."
_LENGTHS = {
    "device_type": 6,
    "manufacturer": 30,
    "model": 30,
    "firmware_version": 8,
    "mpxn": 13,
    "error_code": 5,
}
_SUB_CODES = (-99_999, 999_999)
_MPAN_WEIGHTS = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
_DEVICE_ID = r"^[0-9A-F]{2}(-[0-9A-F]{2}){7}$"
_SIGNIFIER = r"^[A-Z0-9]{6}$"
_FROM_STATUSES = ("PENDING", "WHITELISTED", "INSTALLED_NOT_COMMISSIONED", "SUSPENDED", "RECOVERY", "RECOVERED")


@dataclass(frozen=True, slots=True)
class RowRule:
    """`breaks` says of a table's rows which of them break the rule."""

    table: str
    columns: tuple[str, ...]
    rule: str
    severity: Severity
    message: str
    next_step: str
    breaks: Callable[[Any], Any]


def row_rules() -> list[RowRule]:
    """Return every rule that looks at one row alone."""
    return [*_mandatory(), *_lengths(), *_identifiers(), *_attempts(), *_spans_and_events(), *_meter_points()]


def _error(table: str, column: str, rule: str, message: str, breaks: Callable[[Any], Any]) -> RowRule:
    return RowRule(table, (column,), rule, Severity.ERROR, message, _HOLDS, breaks)


def _warning(table: str, column: str, rule: str, message: str, breaks: Callable[[Any], Any]) -> RowRule:
    return RowRule(table, (column,), rule, Severity.WARNING, message, _LOOK, breaks)


def _mandatory() -> Iterator[RowRule]:
    for table in CONTRACT.values():
        for column in table.columns:
            if not column.nullable:
                message = f"{column.name} is mandatory and empty"
                yield _error(table.name, column.name, "empty", message, partial(_is_empty, name=column.name))


def _lengths() -> Iterator[RowRule]:
    for table in CONTRACT.values():
        for column in table.columns:
            longest = _LENGTHS.get(column.name)
            if longest is not None and column.kind is Kind.TEXT:
                message = f"{column.name} is longer than the {longest} characters that reports allow"
                yield _error(
                    table.name,
                    column.name,
                    "too-long",
                    message,
                    partial(_is_longer, name=column.name, longest=longest),
                )


def _identifiers() -> Iterator[RowRule]:
    for name in ("devices", "responsibilities", "migration_attempts", "device_status_events", "network_notifications"):
        message = "device_id is not eight upper-case hex pairs joined by hyphens"
        yield _error(name, "device_id", "device-id", message, lambda t: ~t.device_id.re_search(_DEVICE_ID))
    for name in ("parties", "responsibilities"):
        message = "sec_party_id is no SEC Party Signifier (six of A-Z and 0-9)"
        yield _error(name, "sec_party_id", "signifier", message, lambda t: ~t.sec_party_id.re_search(_SIGNIFIER))


def _attempts() -> Iterator[RowRule]:
    name = "migration_attempts"
    outcomes = ["SUCCESS", "FAILURE"]
    yield _error(
        name, "outcome", "outcome", "outcome is neither SUCCESS nor FAILURE", lambda t: ~t.outcome.isin(outcomes)
    )
    message = "a failure without its error code: report 002 can't show it"
    yield _error(name, "error_code", "failure-without-code", message, lambda t: _failed(t) & t.error_code.isnull())
    message = "a failure without its error sub code: report 002 can't show it"
    yield _error(
        name, "error_sub_code", "failure-without-code", message, lambda t: _failed(t) & t.error_sub_code.isnull()
    )
    message = "error_sub_code has more than the six characters that reports allow"
    yield _error(
        name,
        "error_sub_code",
        "too-long",
        message,
        lambda t: ~t.error_sub_code.between(*_SUB_CODES),
    )
    message = "recorded before it was completed"
    yield _error(name, "recorded_at", "recorded-early", message, lambda t: t.recorded_at < t.completed_at)


def _spans_and_events() -> Iterator[RowRule]:
    message = "the span ends where it starts, or before"
    yield _error(
        "responsibilities", "effective_to", "empty-span", message, lambda t: t.effective_to <= t.effective_from
    )
    message = "withdrawn where it became non-migratable, or before"
    yield _error(
        "non_migratable_models", "withdrawn_at", "empty-span", message, lambda t: t.withdrawn_at <= t.non_migratable_at
    )
    for name in ("device_status_events", "network_notifications"):
        message = "recorded before it occurred"
        yield _error(name, "recorded_at", "recorded-early", message, lambda t: t.recorded_at < t.occurred_at)
    message = "a change to COMMISSIONED from an empty or unknown status counts as no installation"
    yield _warning(
        "device_status_events",
        "from_status",
        "from-status",
        message,
        lambda t: (t.to_status == "COMMISSIONED") & ~t.from_status.isin(_FROM_STATUSES).fill_null(False),
    )


def _meter_points() -> Iterator[RowRule]:
    for kind in ("ESME", "GSME"):
        message = f"{'an' if kind == 'ESME' else 'a'} {kind} without MPxN: its rows in 001, 002, 003 and 006 are held"
        yield _warning(
            "devices",
            "mpxn",
            f"{kind.lower()}-without-mpxn",
            message,
            partial(_lacks_mpxn, kind=kind),
        )
    message = "a GPF without its hub: nobody can tell its MPxN, so its rows are held"
    yield _warning(
        "devices",
        "communications_hub_id",
        "gpf-without-hub",
        message,
        lambda t: (t.device_type == "GPF") & t.communications_hub_id.isnull(),
    )
    yield _warning("devices", "mpxn", "mpan-check-digit", "an ESME's MPAN with a wrong check digit", _wrong_mpan)
    message = "a GSME's MPRN is not 6 to 10 digits"
    yield _warning(
        "devices",
        "mpxn",
        "mprn",
        message,
        lambda t: (t.device_type == "GSME") & ~t.mpxn.re_search("^[0-9]{6,10}$"),
    )


def _is_empty(table: Any, *, name: str) -> Any:
    return table[name].isnull()


def _is_longer(table: Any, *, name: str, longest: int) -> Any:
    return table[name].length() > longest


def _lacks_mpxn(table: Any, *, kind: str) -> Any:
    return (table.device_type == kind) & table.mpxn.isnull()


def _failed(table: Any) -> Any:
    return table.outcome == "FAILURE"


def _wrong_mpan(table: Any) -> Any:
    mpan = (table.device_type == "ESME").ifelse(table.mpxn, ibis.null("string"))
    is_number = mpan.re_search("^[0-9]{13}$")
    # Null wherever there is nothing to add up: tens of millions of rows are no ESME's.
    digits = is_number.ifelse(mpan, ibis.null("string"))
    total = sum(digits.substr(place, 1).cast("int64") * weight for place, weight in enumerate(_MPAN_WEIGHTS))
    is_wrong = total % 11 % 10 != digits.substr(12, 1).cast("int64")
    return ~is_number | is_wrong
