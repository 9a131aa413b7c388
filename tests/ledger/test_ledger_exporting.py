"""What exports are made of, as every database gives it; in a file and on a server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.evidence.pack import Maker, Scope, check, make_pack
from ecosmig_publish.ledger.exporting import (
    DueSpan,
    count_acts,
    files_of_stream,
    first_due_at,
    holds_in,
    known_recipients,
    last_due,
    numbers_elsewhere,
    problems_in,
    recipients_of_slots,
    slots_in,
    streams_of,
)
from ecosmig_publish.outbox import Outbox
from tests.ledger.made import NOON, A, B, slot_of
from tests.ledger.whole import whole_ledger

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.ledger.made import Place

ONE = Report.ECOSMIG_001
DAY = timedelta(days=1)
SECOND, THIRD = "2024-02-02T06:00:00.000000Z", "2024-02-03T06:00:00.000000Z"


def test_a_span_is_half_open_and_instants_are_texts_of_one_form(opened_place: Place) -> None:
    with whole_ledger(opened_place) as ledger, ledger.at_one_moment() as connection:
        span = DueSpan(slot_of(2).due_at, slot_of(3).due_at)
        (file,) = files_of_stream(connection, ONE, A, span)
        assert (file["sequence"], file["due_at"], file["published_at"]) == (2, SECOND, "2024-03-01T12:00:00.000000Z")
        assert (file["adopted"], file["withdrawn_at"], file["is_correction"]) == (True, None, False)
        assert list(slots_in(connection, span)) == [("ECOSMIG-001", SECOND)]
        assert dict(recipients_of_slots(connection, span)) == {("ECOSMIG-001", SECOND): {A}}
        assert list(problems_in(connection, span)) == []
        (problem,) = problems_in(connection, DueSpan(slot_of(3).due_at, slot_of(4).due_at))
        assert (problem["due_at"], problem["count"]) == (THIRD, 2)
        # Two rows of 001 were held since the 1st; one of them ended on the 2nd.
        assert [len(list(holds_in(connection, DueSpan(slot_of(day).due_at, NOON)))) for day in (1, 3)] == [3, 2]


def test_streams_and_recipients_are_known_with_their_numbers(opened_place: Place) -> None:
    with whole_ledger(opened_place) as ledger, ledger.at_one_moment() as connection:
        assert known_recipients(connection) == {A, B}
        assert streams_of(connection)["ECOSMIG-001", B] == {"last_of_all": 3, "seeded_up_to": 0}
        assert last_due(connection)["ECOSMIG-001"] == THIRD
        assert first_due_at(connection) == slot_of(1).due_at
        span = DueSpan(slot_of(2).due_at, slot_of(3).due_at)
        assert numbers_elsewhere(connection, ONE, A, span, first=1, last=3) == [1, 3]
        assert count_acts(connection) == sum(1 for _ in ledger.acts())


def test_a_pack_is_whole_whichever_database_keeps_the_ledger(
    opened_place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with whole_ledger(opened_place) as ledger, ledger.at_one_moment() as connection:
        scope = Scope(None, DueSpan(slot_of(1).due_at, NOON), DAY, slot_of(1).due_at - DAY)
        maker = Maker("auditor", "host-9", "0.1.0", NOON)
        out, outbox = tmp_path / "p", Outbox(tmp_path / "outbox")
        made = make_pack(out, connection, scope, outbox, signer=None, maker=maker, asking=None)
    assert made.totals["files"] == 8
    assert check.main([str(out), "--unsigned"]) == 0, capsys.readouterr().out
