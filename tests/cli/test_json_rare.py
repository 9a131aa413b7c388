"""Parts of documents that are empty as long as all goes well, filled with what the workflows can hand to them."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.cli.views import publish, supplier_access, verify_source
from ecosmig_publish.cli.views.chain import chain_document
from ecosmig_publish.cli.views.issue_amending import outcome_document
from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.protocol import FolderAccess
from ecosmig_publish.emrr.terms import Report, Slot, parse_signifier
from ecosmig_publish.errors import DestinationError, ExitStatus, ForeignRowError, SourceError
from ecosmig_publish.ledger.views import BrakedSlot, WaitingFile
from ecosmig_publish.workflows.access import SupplierAccess
from ecosmig_publish.workflows.anchoring.anchoring import ChainEnd
from ecosmig_publish.workflows.comparing_source import Compared, Kind, TurnedUp
from ecosmig_publish.workflows.comparing_source.found import ChangedFile
from ecosmig_publish.workflows.guarding import RefusedSlot
from ecosmig_publish.workflows.issuing.braking import HeldBack
from ecosmig_publish.workflows.issuing.slot import IssuedSlot
from ecosmig_publish.workflows.planning import RunInstant
from ecosmig_publish.workflows.publishing import Published, Stopped
from ecosmig_publish.workflows.running import RunOutcome
from ecosmig_publish.workflows.verifying import Discrepancy
from tests.cli.documents import fault_of
from tests.cli.driving import NOON, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

A = parse_signifier("PXX001")
AT = datetime(2024, 3, 4, 6, tzinfo=UTC)
SLOT = Slot(AT, Report.ECOSMIG_001)
NAME = "ECOSMIG-001_PXX001_1_20240304060000.csv"
WAITING = WaitingFile(
    1, SLOT.report, AT, A, 1, NAME, "1/a.csv", 2, 300, "0" * 64, "A" * 27 + "=", None, None, "altered"
)


def given(document: object) -> Any:
    """Return a document as a program gets it."""
    out = io.StringIO()
    with redirect_stdout(out):
        Invocation(json=True).result(document, lambda: None)
    return json.loads(out.getvalue())


@pytest.fixture
def outcome() -> RunOutcome:
    """A run in which everything went wrong that can."""
    return RunOutcome(
        RunInstant(AT, AT),
        (SLOT,),
        swept=("ECOSMIG-001-20240304060000-1f",),
        issued=[IssuedSlot(SLOT, 1, 1, 2, 3, 4, ("5 source rows behind the cut-off",))],
        held_back=[HeldBack(BrakedSlot(SLOT, "most recipients have nothing", AT), ())],
        refused=[RefusedSlot(SLOT, ForeignRowError("record 2 of a file", hint="Look at it."))],
        notes=["responsibilities can't be compared"],
        published=Published(1, 1, (Stopped(A, None, "no folder yet", "Onboard it.", ExitStatus.UNPROVED, 1),)),
        proved=[WAITING],
        doubts=[Discrepancy("unproved", A, NAME, "listed without a hash as yet")],
        waiting=[WAITING],
        source_error=SourceError("it can't be opened", hint="Mend it."),
        destination_error=DestinationError("it can't be reached", hint="Try again."),
        chain=ChainEnd(7, "0" * 64, "_audit", error=DestinationError("it can't be reached", hint="Try again.")),
    )


def test_a_run_in_which_everything_goes_wrong(outcome: RunOutcome) -> None:
    named: dict[str, object] = {"run": "0" * 32, "subject": "ecosmig: exit 30", "head": "0" * 64, "acts": 7}
    named["anchor"] = chain_document(outcome.chain)
    document = given({**named, **publish._document(outcome, [])})
    assert fault_of("publish", document) is None
    assert [key for key, value in document.items() if value in ([], None)] == []


def test_an_amendment_in_which_everything_goes_wrong(outcome: RunOutcome) -> None:
    document = given({"act": "resend", "dry_run": False, "exit_status": 30, "issues": [], **outcome_document(outcome)})
    assert fault_of("issue-resend", document) is None
    assert [key for key, value in document.items() if value in ([], None)] == ["issues"]


def test_a_source_that_changed_in_every_way() -> None:
    counts, records = dict.fromkeys(Kind, 1), dict.fromkeys(Kind, (2,))
    changed = ChangedFile(NAME, SLOT.report, A, SLOT, 4, counts, records)
    turned_up = (
        TurnedUp(SLOT, 3, days={date(2024, 3, 1): 3}),
        TurnedUp(Slot(AT, Report.ECOSMIG_003), 1, recipient=A),
    )
    compared = Compared(1, 1, 4, (changed,), turned_up)
    assert fault_of("verify", given(verify_source._document(compared, ExitStatus.FINDING))) is None


def test_a_folder_that_strangers_read_and_one_that_nobody_sees() -> None:
    folder = Folder(A, "id", "PXX001 Example Energy")
    seen = FolderAccess(("id of somebody",), ("somebody",), ("ops@example.test",), ("somebody can read it",), (), False)
    looks = [
        SupplierAccess(folder, seen),
        SupplierAccess(folder, None, DestinationError("it can't be reached", hint="Try again.")),
    ]
    document = given({"exit_status": 21, "suppliers": [supplier_access._document(look) for look in looks]})
    assert fault_of("supplier-access", document) is None


def test_where_people_meddled_documents_are_as_their_schemas_say(published: Path) -> None:
    first, second, *_ = sorted(folder_of(published, "P00001").iterdir())
    first.write_bytes(b"altered")
    second.unlink()
    (first.parent / "notes.txt").write_bytes(b"")
    attempts = published / "data" / "migration_attempts.parquet"
    pq.write_table(pq.read_table(attempts).slice(100), attempts)
    # Each is held against its schema where it is run.
    recovered = ecosmig(published, "ledger", "recover", "--dry-run", "--json").document
    assert [stream["refused"] != [] for stream in recovered["streams"]].count(True) == 1
    assert [stream["missing"] for stream in recovered["streams"] if stream["missing"]] == [[second.name]]
    assert [stranger["name"] for stranger in recovered["strangers"]] == ["notes.txt"]
    assert ecosmig(published, "publish", "--all", "--as-of", NOON, "--json").document["findings"]
    assert ecosmig(published, "status", "--json").document["findings"]
    assert ecosmig(published, "verify", "--source", "--json").document["changed"]
