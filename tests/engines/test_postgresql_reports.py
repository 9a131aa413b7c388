"""The same reports from PostgreSQL, byte for byte, in a database that orders texts as a dictionary does.

One nasty source; `python -m tests.engines postgresql` plays the worked example and as many as you like.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.engines.filling import in_postgresql
from tests.installation import Installation, at
from tests.migration_data.made import on
from tests.plain.comparing import as_files, compare
from tests.plain.data import Data

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plain.data import Row
    from tests.postgresql import Server

MODELS = ["b1", "B2", "a-3", "A4", "_5", "~6", "ü7", "Z8", "9", "10", " 11", "a,b"]
IN_ORDER = [" 11", "10", "9", "A4", "B2", "Z8", "_5", "a,b", "a-3", "b1", "~6", "ü7"]
"""By code point; a dictionary has `_5`, `~6`, ` 11`, `10`, `9`, `a-3`, `A4`, `a,b`, `b1`, `B2`, `ü7`, `Z8`."""
MONDAY = at("2024-03-04T06:00:00")


def of_models() -> Data:
    """Return a source in which one supplier has a Device of each model, all of them non-migratable."""
    since = on("2024-01-01")
    data = Data(parties=[{"sec_party_id": "PXX999", "party_name": "Example"}])
    for number, model in enumerate(MODELS):
        device_id = f"00-DB-12-34-56-78-90-{number:02X}"
        named: Row = {"device_type": "ESME", "manufacturer": "1057", "model": model, "firmware_version": "00123402"}
        data.devices.append(
            {
                **named,
                "device_id": device_id,
                "mpxn": "1200034567013",
                "communications_hub_id": None,
                "installed_with_ecos": False,
            }
        )
        data.responsibilities.append(
            {"device_id": device_id, "sec_party_id": "PXX999", "effective_from": since, "effective_to": None}
        )
        data.device_status_events.append(
            {
                "event_id": number,
                "device_id": device_id,
                "from_status": "PENDING",
                "to_status": "COMMISSIONED",
                "occurred_at": since,
                "recorded_at": since,
            }
        )
        data.migration_attempts.append(
            {
                "attempt_id": number,
                "device_id": device_id,
                "completed_at": since + timedelta(days=60, seconds=number, microseconds=500_000),
                "outcome": "FAILURE",
                "error_code": "E0001",
                "error_sub_code": 1,
                "firmware_version": None,
                "recorded_at": since + timedelta(days=60, seconds=number, microseconds=500_000),
            }
        )
        data.non_migratable_models.append({**named, "non_migratable_at": since, "withdrawn_at": None})
    return data


def test_texts_are_in_the_order_of_their_code_points(server: Server, english: str, tmp_path: Path) -> None:
    url = in_postgresql(server, english)(of_models(), tmp_path)
    installation = Installation(tmp_path, at("2024-03-04T00:30:00"), url)
    installation.run(MONDAY)
    (report,) = (content for name, content in installation.issued().items() if "ECOSMIG-004" in name)
    assert [record[3] for record in csv.reader(report.decode().splitlines()[1:-1])] == IN_ORDER


@pytest.mark.parametrize("seed", [5])
def test_every_recipient_gets_what_the_plain_implementation_says(
    seed: int, server: Server, english: str, tmp_path: Path
) -> None:
    assert compare(seed, tmp_path, breaks_contract=True, form=in_postgresql(server, english)) > 0


def test_a_ledger_may_move_from_one_engine_to_another_and_back(server: Server, english: str, tmp_path: Path) -> None:
    data = of_models()
    installation = Installation(tmp_path, at("2024-03-04T00:30:00"), as_files("parquet")(data, tmp_path / "source"))
    installation.run(MONDAY)
    in_files = installation.source_url
    for hours, url in ((6, in_postgresql(server, english)(data, tmp_path)), (12, in_files)):
        installation.source_url = url
        moved = installation.run(MONDAY + timedelta(hours=hours))
        assert (moved.source_error, moved.findings, len(moved.issued)) == (None, [], 1)
        # What needs a hash of texts can't be compared, which is no finding.
        assert [note.partition(":")[0] for note in moved.notes] == [
            "responsibilities can't be compared with the last run's"
        ]
