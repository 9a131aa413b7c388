"""What stands in a pack, what must not, and which ledgers and keys give none."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import BrokenRecordError, OutboxError, UsageError
from ecosmig_publish.evidence.pack import Maker, Scope, check, make_pack, open_signer
from ecosmig_publish.evidence.pack.concerning import recipients_of
from ecosmig_publish.evidence.pack.issued import ranges
from ecosmig_publish.evidence.pack.others import WITHHELD, Others
from ecosmig_publish.ledger import Ledger, RecoveredIssue, RecoveredSlot
from ecosmig_publish.ledger.exporting import DueSpan
from ecosmig_publish.outbox import Outbox
from tests.destinations.sharepoint.keys import certificate_pem, key_pem, rsa_key
from tests.evidence.damaging import rows_of
from tests.evidence.story import DEVICES, HOSTILE, HOUR, MINUTE, NAMES_B, NOW, SPAN, START, A, B, due, pack, tell
from tests.ledger.made import ACTOR, URL, entry_of, opened
from tests.ledger.test_ledger_recovering import FIRST, SECOND, recovery_of
from tests.ledger.whole import named_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Slot
    from tests.evidence.damaging import Row
    from tests.evidence.story import Story

ONE = Report.ECOSMIG_001


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def of_a(story: Story) -> Path:
    pack(story, story.home / "a", A)
    return story.home / "a"


@pytest.fixture(scope="module")
def of_all(story: Story) -> Path:
    pack(story, story.home / "all")
    return story.home / "all"


def files_of(root: Path, report: str = "ECOSMIG-001") -> dict[int, Row]:
    return {it["sequence"]: it for it in rows_of(root, "files") if (it["report"], it["recipient"]) == (report, A)}


def slot_on(root: Path, day: int, report: Report = ONE) -> Row:
    wanted = f"{due(day).due_at:%Y-%m-%dT%H:%M:%S}.000000Z"
    return next(it for it in rows_of(root, "slots") if (it["report"], it["slot"]) == (report, wanted))


def acts_of(root: Path) -> list[Row]:
    return rows_of(root, "acts", "acts.json")


def test_each_file_is_in_time_or_late_by_its_first_proof_and_a_correction_by_its_own_issue(of_a: Path) -> None:
    found_of = {number: it["timeliness"] for number, it in files_of(of_a).items()}
    assert found_of == {1: "in-time", 2: "late", 3: "in-time", 4: "not-proved", 5: "in-time"}


def test_a_file_shows_what_corrected_it_took_it_back_held_it_and_where_it_stood_before(of_a: Path) -> None:
    first, second, third, _, fifth = files_of(of_a).values()
    assert (first["superseded_by"], fifth["corrects"]) == (fifth["name"], first["name"])
    assert fifth["correction_reason"] == HOSTILE
    assert (second["removed"], second["withdrawn_at"]) == (True, "2024-02-10T09:02:00.000000Z")
    assert (third["brake"], third["braked_at"], third["brake_released_at"]) == (
        "40 times as many",
        "2024-02-03T06:01:00.000000Z",
        "2024-02-03T06:02:00.000000Z",
    )
    (before,) = third["earlier"]
    assert (before["proved_at"], third["proved_at"]) == ("2024-02-03T06:03:00.000000Z", "2024-02-10T09:02:00.000000Z")


def test_a_file_says_whether_its_recipient_read_it_as_far_as_the_library_said(of_a: Path) -> None:
    first, second, third, *_ = files_of(of_a).values()
    assert (first["seen_by_recipient"], first["seen_at"]) == ("yes", "2024-02-01T09:00:00.000000Z")
    assert (first["opened"], first["opened_by"]) == (3, 2)
    assert (second["seen_by_recipient"], second["seen_in_act"]) == ("unknown", None)
    assert (third["seen_by_recipient"], third["opened"]) == ("not yet", 0)
    (act,) = (it for it in acts_of(of_a) if it.get("kind") == "see-receipts")
    assert first["seen_in_act"] == third["seen_in_act"] == act["id"]


def test_every_slot_of_the_calendar_is_there_with_what_came_of_it(of_all: Path) -> None:
    slots = rows_of(of_all, "slots")
    # Four days of 001 and 006 on the 1st, 003 on the 2nd at 8; four a day of 002; the 1st to the 4th hold no Monday.
    assert len(slots) == 4 + 1 + 1 + 16
    assert [slot_on(of_all, day)["outcome"] for day in (1, 2, 3, 4)] == ["issued", "issued", "issued", "not-issued"]
    assert [slot_on(of_all, day)["without_rows"] for day in (1, 2, 3, 4)] == [[], [B], [], []]
    assert slots[0]["slot"] == "2024-02-01T00:00:00.000000Z"
    assert slots[0]["outcome"] == "not-ours"


def test_in_the_pack_of_one_a_slot_without_its_rows_does_not_tell_whether_others_had_any(
    story: Story, tmp_path: Path
) -> None:
    pack(story, tmp_path / "b", B)
    slot = slot_on(tmp_path / "b", 2)
    assert (slot["outcome"], slot["reason"], slot["without_rows"]) == ("skipped", "no-rows", [B])


def test_changes_are_told_with_who_decided_them(of_all: Path) -> None:
    kinds = [(it["kind"], it["recipient"], it["identity"]) for it in rows_of(of_all, "changes")]
    assert kinds == [
        ("find-conflict", B, "publisher"),
        ("release", A, "publisher"),
        ("correct", A, "publisher"),
        ("resend", A, "publisher"),
        ("withdraw", A, "publisher"),
        ("find", A, "publisher"),
    ]


def test_held_rows_are_told_by_reason_and_by_no_more_than_eight_digits_of_their_key(of_all: Path) -> None:
    held = {it["recipient"]: it for it in rows_of(of_all, "held")}
    assert held[A]["key_digest"] == hashlib.sha256(f"gpf:{DEVICES[0]}".encode()).hexdigest()[:8]
    assert (held[A]["reasons"], held[A]["held_since"]) == (["empty:mpxn"], "2024-02-01T06:00:00.000000Z")
    assert (held[A]["ended"], held[A]["ended_by"]) == ("reported", "2024-02-03T06:00:00.000000Z")
    assert (held[B]["ended"], held[B]["ended_by"]) == (None, None)
    (problem,) = rows_of(of_all, "problems")
    assert (problem["reason"], problem["recipient"], problem["count"]) == ("no-device", A, 2)


def test_a_stream_of_which_only_some_numbers_are_of_the_span_names_the_others(story: Story, tmp_path: Path) -> None:
    scope = Scope((A,), DueSpan(START, START + timedelta(days=1)), HOUR, START)
    with story.open() as ledger, ledger.at_one_moment() as connection:
        maker = Maker("auditor", "host-9", "0.1.0", NOW)
        made = make_pack(tmp_path / "p", connection, scope, story.outbox(), signer=None, maker=maker, asking=None)
    stream = rows_of(tmp_path / "p", "streams")[0]
    # The slot of the 1st has number 1 and, as its correction, number 5.
    assert (stream["first"], stream["last"], stream["files"], stream["elsewhere"]) == (1, 5, 2, [[2, 4]])
    assert made.totals["files"] == 3
    assert check.main([str(tmp_path / "p"), "--unsigned"]) == 0


def test_no_other_supplier_is_named_anywhere_in_the_pack_of_one(of_a: Path, of_all: Path) -> None:
    for path in (path for path in of_a.rglob("*") if path.is_file()):
        for other in (B, "Baker", "by eve"):
            assert other.encode() not in path.read_bytes(), (path.name, other)
    # What somebody wrote of another is withheld there, and stands in the pack of all.
    assert files_of(of_a)[2]["withdrawal_reason"] == "(withheld: it names another recipient)"
    assert files_of(of_all)[2]["withdrawal_reason"] == NAMES_B


def test_of_acts_about_others_or_about_everybody_the_pack_of_one_has_number_and_hashes_alone(
    of_a: Path, of_all: Path
) -> None:
    shown = {it["id"]: it for it in acts_of(of_a)}
    hidden = [it for it in acts_of(of_all) if set(shown[it["id"]]) == {"id", "hash", "previous_hash"}]
    assert len(shown) == len(acts_of(of_all))
    assert {it["kind"] for it in hidden} == {
        "onboard",
        "prove-access",
        "issue-slot",
        "publish-file",
        "prove-files",
        "find-conflict",
        "withdraw",
        "find",
        "see-receipts",
    }
    assert all(A in it["subject"] or it["kind"] == "prove-files" for it in shown.values() if "kind" in it)


def test_no_device_stands_in_a_pack_but_in_the_files(story: Story, of_all: Path, tmp_path: Path) -> None:
    pack(story, tmp_path / "a", A, files=True)
    for root in (of_all, tmp_path / "a"):
        for path in (path for path in root.iterdir() if path.is_file()):
            for device in DEVICES:
                assert device.encode() not in path.read_bytes(), path.name
    (first, *_) = (tmp_path / "a/files").iterdir()
    assert DEVICES[0].encode() in first.read_bytes()


def test_the_same_ledger_gives_the_same_evidence_whenever_it_is_asked(story: Story, of_a: Path, tmp_path: Path) -> None:
    story.at = NOW + HOUR
    pack(story, tmp_path / "again", A)
    story.at = NOW
    differing = {it.name for it in of_a.iterdir() if it.read_bytes() != (tmp_path / "again" / it.name).read_bytes()}
    assert differing == {"made.json", "README.txt", "MANIFEST", "MANIFEST.sig"}


def test_a_zip_holds_what_the_folder_does_and_its_owner_alone_reads_either(
    story: Story, of_a: Path, tmp_path: Path
) -> None:
    pack(story, tmp_path / "a.zip", A)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            it.name: it.read_bytes() for it in of_a.iterdir()
        }
        # Nothing of the hour in it: the same members give the same bytes.
        assert {it.date_time for it in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert [oct(path.stat().st_mode & 0o777) for path in (tmp_path / "a.zip", of_a)] == ["0o600", "0o700"]
    assert [it.name for it in tmp_path.iterdir()] == ["a.zip"]


MEDDLINGS = {
    "a file's size": ("UPDATE files SET size = size + 1 WHERE sequence = 2", "it is not as act"),
    "a file's hash": (
        "UPDATE files SET sha256 = replace(sha256, substr(sha256, 1, 4), '0000') WHERE sequence = 2",
        "it is not as act",
    ),
    "when a file was proved": (
        "UPDATE publications SET proved_at = '2024-02-02T06:02:00.000000Z' WHERE file_id = 5",
        "it was not proved when act",
    ),
    "that a file was proved": ("UPDATE publications SET proved_at = NULL WHERE file_id = 5", "an act proved it"),
    "where a file stands": ("UPDATE publications SET item_id = 'x' WHERE file_id = 5", "it was not published as act"),
    "that it was withdrawn": ("DELETE FROM withdrawals", "withdrawn_at is not what the acts say"),
    "why it was corrected": ("UPDATE corrections SET reason = 'x'", "corrected_because is not what the acts say"),
    "what it corrects": ("UPDATE corrections SET supersedes_id = NULL", "is not what the acts say"),
    "that the brake held it": ("DELETE FROM brakes", "brake is not what the acts say"),
    "when a slot was issued": (
        "UPDATE slots SET cut_off = '2024-02-02T06:00:30.000000Z' WHERE due_at LIKE '2024-02-02%'",
        "the slot of 2024-02-02T06:00:00.000000Z: it is not as act",
    ),
    "what is known of readers": ("UPDATE receipts SET opened = 4 WHERE opened = 3", "what is known of its readers"),
    "that anything is known of readers": ("DELETE FROM receipts", "what is known of its readers"),
    "an act": ("UPDATE acts SET host = 'x' WHERE id = 4", "act 4 was edited"),
    "an act's instant": ("UPDATE acts SET at = 'x' WHERE id = 4", "act 4 has no instant"),
    "the chain": ("DELETE FROM acts WHERE id = 4", "act 4 is missing"),
}


@pytest.mark.parametrize("what", MEDDLINGS)
def test_a_ledger_that_somebody_meddled_with_gives_no_pack(story: Story, what: str, tmp_path: Path) -> None:
    statement, said = MEDDLINGS[what]
    shutil.copytree(story.home / "state", tmp_path / "state")
    with closing(sqlite3.connect(tmp_path / "state/ecosmig.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(statement).rowcount > 0
    with _at(tmp_path) as ledger, ledger.at_one_moment() as moment:
        scope, maker = Scope((A,), SPAN, HOUR, START), Maker("auditor", "host-9", "0.1.0", NOW)
        with pytest.raises(BrokenRecordError, match="act") as refused:
            make_pack(tmp_path / "p", moment, scope, story.outbox(), signer=None, maker=maker, asking=None)
    assert said in str(refused.value)
    assert "ecosmig ledger check" in refused.value.hint
    assert [it.name for it in tmp_path.iterdir()] == ["state"]


def _at(home: Path) -> Ledger:
    ledger = Ledger.open_existing(URL, base=home, actor=ACTOR, now=lambda: NOW)
    assert ledger is not None
    return ledger


def test_a_file_that_was_changed_or_is_gone_from_the_outbox_gives_no_pack(story: Story, tmp_path: Path) -> None:
    copy = shutil.copytree(story.home, tmp_path / "home")
    story_there = type(story)(copy, NOW, story.last)
    (file,) = (copy / "state/outbox").rglob("ECOSMIG-001_PAA001_2_*")
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(BrokenRecordError, match="not those that were issued"):
        pack(story_there, tmp_path / "p", A, files=True)
    file.unlink()
    with pytest.raises(OutboxError, match="is gone"):
        pack(story_there, tmp_path / "p", A, files=True)
    assert not (tmp_path / "p").exists()


def test_what_a_recovery_found_is_told_as_such_and_the_pack_is_whole(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        recovery = recovery_of(_found(FIRST, 1, "item"), _found(SECOND, 4, None))
        ledger.record_recovery(replace(recovery, lost={(ONE, A): (2, 3)}, refused={(ONE, A): ("no header",)}))
        with ledger.at_one_moment() as connection:
            span = DueSpan(FIRST.due_at, SECOND.due_at + MINUTE)
            scope, maker = Scope(None, span, HOUR, FIRST.due_at - HOUR), Maker("auditor", "host-9", "0.1.0", NOW)
            outbox = Outbox(tmp_path / "outbox")
            make_pack(tmp_path / "p", connection, scope, outbox, signer=None, maker=maker, asking=None)
    assert [it["timeliness"] for it in rows_of(tmp_path / "p", "files")] == ["recovered", "not-proved"]
    (stream,) = rows_of(tmp_path / "p", "streams")
    assert (stream["first"], stream["last"], stream["lost"], stream["stopped"]) == (1, 4, [[2, 3]], "no header")
    assert check.main([str(tmp_path / "p"), "--unsigned"]) == 0


def _found(slot: Slot, number: int, item: str | None) -> RecoveredSlot:
    entry = entry_of(slot)
    files = named_files(slot, A, [number], entry.generated_at, f"found-{number}")
    return RecoveredSlot(entry, (RecoveredIssue(A, entry.generated_at, entry.cut_off, files, (item,)),))


def _pems() -> Iterator[tuple[str, str, str]]:
    key, elliptic = rsa_key(), ec.generate_private_key(ec.SECP256R1())
    good = certificate_pem(key, until=NOW + HOUR)
    yield "locked", key_pem(key, b"secret") + good, "is locked by a passphrase"
    yield (
        "elliptic",
        key_pem(elliptic) + certificate_pem(elliptic, until=NOW + HOUR),
        "a pack is signed with an RSA key",
    )
    yield "expired", key_pem(key) + certificate_pem(key, until=NOW - HOUR), "the certificate expired"
    yield "alone", key_pem(key), "holds a key and no certificate"
    yield "no key", good, "holds no private key"


def test_a_key_that_can_not_sign_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for name, pem, said in _pems():
        path = tmp_path / f"{name}.pem"
        path.write_text(pem)
        with pytest.raises(UsageError, match=said) as refused:
            open_signer(path, NOW)
        assert "--certificate PEM" in refused.value.hint, name
    with pytest.raises(UsageError, match="can't be read"):
        open_signer(tmp_path / "none.pem", NOW)


@pytest.mark.parametrize(
    ("kind", "subject", "content", "recipients"),
    [
        ("onboard", A, {}, {A}),
        ("publish-file", f"ECOSMIG-001_{A}_1_20240201060100.csv", {}, {A}),
        ("prove-files", "2 files", {"files": [f"ECOSMIG-00{n}_{A}_1_20240201060100.csv" for n in (1, 2)]}, {A}),
        ("prove-files", "2 files", {"files": [f"ECOSMIG-001_{it}_1_20240201060100.csv" for it in (A, B)]}, {A, B}),
        ("prove-files", "1 file", {"files": ["notes.txt"]}, None),
        ("find", "moved", {"recipient": A}, {A}),
        ("find", "row-gone", {"corrected": f"ECOSMIG-001_{B}_1_20240201060100.csv"}, {B}),
        ("find", "foreign-row", {"files": f"a row of {A}"}, None),
        ("release", "ECOSMIG-001 2024-02-01T06:00:00Z", {}, None),
        # Of whomever it speaks, an act of a slot counts what all of them had.
        ("issue-slot", "ECOSMIG-001 2024-02-01T06:00:00Z", {"files": [{"recipient": A}]}, None),
        ("a kind of tomorrow", A, {"recipient": A}, None),
    ],
)
def test_an_act_is_about_the_recipients_it_names_or_about_everybody(
    kind: str, subject: str, content: dict[str, object], recipients: set[str] | None
) -> None:
    assert recipients_of(kind, subject, content) == recipients


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("lost by PAA001", "lost by PAA001"),
        ("A LETTER", "A LETTER"),
        ("PBB002 had it", WITHHELD),
        ("see baker & co", WITHHELD),
        ("was QQ7ZZ9's", WITHHELD),
    ],
)
def test_what_a_person_typed_is_withheld_where_it_names_another_or_seems_to(
    story: Story, typed: str, shown: str
) -> None:
    with story.open() as ledger:
        folders = {str(it): entry for it, entry in ledger.folders().items()}
    assert Others(Scope((A,), SPAN, HOUR, START), {A, B}, folders).without(typed) == shown
    assert Others(Scope(None, SPAN, HOUR, START), {A, B}, folders).without(typed) == typed


def test_numbers_are_told_as_rows_without_a_gap() -> None:
    assert ranges([2, 3, 4, 7, 9, 10]) == [[2, 4], [7, 7], [9, 10]]
    assert ranges([]) == []


def test_the_readme_says_how_it_is_checked_and_what_can_not_be(of_a: Path, of_all: Path) -> None:
    some, whole = (of_a / "README.txt").read_text(), (of_all / "README.txt").read_text()
    fingerprint = json.loads((of_a / "made.json").read_text())["fingerprint"]
    assert fingerprint in some
    assert "openssl dgst -sha256 -verify publisher.pub -signature MANIFEST.sig MANIFEST" in some
    assert "can't be\ncomputed from this pack" in some
    assert "This pack shows every act in full" in whole
