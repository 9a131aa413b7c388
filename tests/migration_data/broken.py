"""A source that breaks each rule of the contract, and what a check must say of it: counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.migration_data.made import (
    ESME,
    GPF,
    GSME,
    HUB,
    attempt,
    device,
    event,
    model,
    notification,
    on,
    sound,
    span,
)

if TYPE_CHECKING:
    from tests.plain.data import Data

LATE, LATER = "00-DB-12-34-56-78-90-B0", "00-DB-12-34-56-78-90-B1"
STRANGER = "00-DB-12-34-56-78-90-FF"
LOWER = "00-db-12-34-56-78-90-c0"

Fault = tuple[str, tuple[str, ...], str]
"""Table, columns, rule."""

ERRORS: dict[Fault, tuple[int, tuple[str, ...]]] = {
    ("parties", ("party_name",), "empty"): (1, ("PXX997",)),
    ("parties", ("sec_party_id",), "signifier"): (1, ("pxx1",)),
    ("parties", ("sec_party_id",), "key-twice"): (1, ("PXX998",)),
    ("devices", ("device_id",), "key-twice"): (1, (GSME,)),
    ("devices", ("device_id",), "device-id"): (1, (LOWER,)),
    ("devices", ("installed_with_ecos",), "empty"): (1, (LATE,)),
    ("devices", ("model",), "too-long"): (1, (LATER,)),
    ("devices", ("mpxn",), "too-long"): (1, (LATER,)),
    ("responsibilities", ("effective_from",), "empty"): (1, (GSME,)),
    ("responsibilities", ("effective_to",), "empty-span"): (1, (HUB,)),
    ("responsibilities", ("effective_from", "effective_to"), "overlapping-spans"): (1, (LATE,)),
    ("responsibilities", ("sec_party_id",), "unknown-party"): (1, ("ZZ9999",)),
    ("migration_attempts", ("attempt_id",), "empty"): (1, ("(empty)",)),
    ("migration_attempts", ("attempt_id",), "key-twice"): (1, ("2",)),
    ("migration_attempts", ("completed_at",), "empty"): (1, ("11",)),
    ("migration_attempts", ("device_id",), "unknown-device"): (1, (STRANGER,)),
    ("migration_attempts", ("error_code",), "failure-without-code"): (1, ("13",)),
    ("migration_attempts", ("error_code",), "too-long"): (1, ("14",)),
    ("migration_attempts", ("error_sub_code",), "failure-without-code"): (1, ("13",)),
    ("migration_attempts", ("error_sub_code",), "too-long"): (1, ("14",)),
    ("migration_attempts", ("outcome",), "outcome"): (4, ("15", "16", "17")),
    ("migration_attempts", ("recorded_at",), "recorded-early"): (1, ("19",)),
    ("device_status_events", ("to_status",), "empty"): (1, ("11",)),
    ("device_status_events", ("event_id",), "key-twice"): (1, ("2",)),
    ("device_status_events", ("recorded_at",), "recorded-early"): (1, ("12",)),
    ("network_notifications", ("occurred_at",), "empty"): (1, ("3",)),
    ("network_notifications", ("notification_id",), "key-twice"): (1, ("1",)),
    ("non_migratable_models", ("withdrawn_at",), "empty-span"): (1, ("54342152",)),
}

WARNINGS: dict[Fault, tuple[int, tuple[str, ...]]] = {
    ("devices", ("mpxn",), "mpan-check-digit"): (2, (LATE, LATER)),
    ("devices", ("mpxn",), "mprn"): (1, (GSME,)),
    ("devices", ("mpxn",), "esme-without-mpxn"): (1, (LOWER,)),
    ("devices", ("communications_hub_id",), "gpf-without-hub"): (1, ("00-DB-12-34-56-78-90-B2",)),
    ("responsibilities", ("device_id",), "unknown-device"): (1, (STRANGER,)),
    # 19 was recorded on 31 January, the attempts before it in March.
    ("migration_attempts", ("recorded_at",), "recorded-backwards"): (1, ("19",)),
    ("device_status_events", ("from_status",), "from-status"): (2, ("13", "14")),
    ("network_notifications", ("device_id",), "not-a-gpf"): (1, (ESME,)),
}


def broken() -> Data:
    """Return the source; attempts and events are recorded in the order of their numbers but where a rule says else."""
    data = sound()
    data.parties += [
        {"sec_party_id": "PXX998", "party_name": "Two again"},
        {"sec_party_id": "PXX997", "party_name": None},
        {"sec_party_id": "pxx1", "party_name": "Lower"},
    ]
    data.devices += [
        device(GSME, "GSME", "12345"),
        device(LOWER, "ESME", None),
        # 1·3 + 2·5 = 13 asks for the check digit 2.
        device(LATE, "ESME", "1200000000003") | {"installed_with_ecos": None},
        device(LATER, "ESME", "12000000000022") | {"model": "5" * 31},
        device("00-DB-12-34-56-78-90-B2", "GPF", None, None),
    ]
    data.responsibilities += [
        span(GSME, "2020-01-01", None) | {"effective_from": None},
        span(HUB, "2020-01-01", "2020-01-01"),
        span(LATE, "2020-01-01", "2024-01-01"),
        span(LATE, "2023-12-31", None, "PXX998"),
        # One ends where the next begins: no overlap.
        span(LATER, "2020-01-01", "2024-01-01", "ZZ9999"),
        span(LATER, "2024-01-01", None),
        span(STRANGER, "2020-01-01", None),
    ]
    march = "2024-03-01 00:00:00"
    data.migration_attempts += [
        attempt(2, march, completed_at=on("2024-02-02")),
        attempt(None, march),
        attempt(11, march, completed_at=None),
        attempt(12, march, device_id=STRANGER),
        attempt(13, march, outcome="FAILURE"),
        attempt(14, march, outcome="FAILURE", error_code="E00001", error_sub_code=1_000_000),
        attempt(15, march, outcome="success"),
        attempt(16, march, outcome="PENDING"),
        attempt(17, march, outcome=" SUCCESS"),
        attempt(18, march, outcome="FAILED"),
        attempt(19, "2024-01-31 00:00:00"),
    ]
    february = "2024-02-01 00:00:00"
    data.device_status_events += [
        event(2, february),
        event(11, february, to_status=None),
        event(12, february, occurred_at=on("2024-02-01 00:00:01")),
        event(13, february, from_status=None),
        event(14, february, from_status="pending"),
        event(15, february, from_status="SUSPENDED"),
    ]
    data.network_notifications += [notification(1, GPF), notification(2, ESME), notification(3, occurred_at=None)]
    data.non_migratable_models += [model("2024-01-01", "2024-01-01")]
    return data
