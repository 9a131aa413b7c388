"""What the conformance suite can't ask: SharePoint's own ways, one by one."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.sharepoint import open_publisher
from ecosmig_publish.destinations.sharepoint.faults import QuotaError, RefusedError, RightsError
from ecosmig_publish.destinations.sharepoint.placing.names import is_leftover, staged_name
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import DestinationBusyError, DestinationError, FolderMissingError, NameTakenError
from ecosmig_publish.sandbox import Fault
from tests.destinations.conformance.bench import sample
from tests.destinations.sharepoint.test_faults_at_each_request import IN_PARTS, LARGE, SMALL, place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.stand import Stand

ONE, TWO = Signifier("PXX001"), Signifier("PXX002")


@pytest.mark.parametrize(
    "name", ['a"b', "a*b", "a:b", "a<b", "a>b", "a?b", "a|b", "a\\b", " a", "a ", "a.", "a\nb", "a\u202eb", "a\x7fb"]
)
def test_a_name_that_sharepoint_would_change_or_refuse_is_refused_before_anything_is_sent(
    stand: Stand, tmp_path: Path, name: str
) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    with pytest.raises(RefusedError):
        place(publisher, folder, sample(tmp_path, SMALL, name))
    assert stand.sandbox.requests() == []


def test_two_files_that_quick_xor_hash_takes_for_one_are_told_apart(stand: Stand, tmp_path: Path) -> None:
    # 160 bytes apart, two rows change places: same size, same quickXorHash.
    rows = [bytes([mark]) * 160 for mark in b"abcd"]
    file = sample(tmp_path, b"".join(rows))
    other = sample(tmp_path, b"".join([rows[1], rows[0], *rows[2:]]))
    assert file.fingerprint.quick_xor_hash == other.fingerprint.quick_xor_hash
    publisher, folder = stand.publisher(), stand.recipient()
    stand.library.put(f"{stand.path(folder)}/{file.name}", other.data)
    with pytest.raises(NameTakenError):
        place(publisher, folder, file)
    assert stand.standing(folder) == {file.name: other.data}
    assert stand.staged() == []


def test_a_name_that_differs_by_case_only_is_taken(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    file = sample(tmp_path, SMALL, "a.csv")
    stand.library.put(f"{stand.path(folder)}/A.CSV", SMALL)
    with pytest.raises(NameTakenError, match=r"A\.CSV"):
        place(publisher, folder, file)
    assert stand.standing(folder) == {"A.CSV": SMALL}


def test_whoever_took_the_name_is_told(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    stand.sandbox.people.add_person("eve@else.test", "Eve")
    stand.library.put(f"{stand.path(folder)}/a.csv", b"hers", by="eve@else.test")
    with pytest.raises(NameTakenError, match=r"eve@else\.test"):
        place(publisher, folder, sample(tmp_path, SMALL, "a.csv"))
    assert stand.standing(folder) == {"a.csv": b"hers"}


def test_a_file_under_somebodys_hands_is_not_there_until_it_is_whole(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    place(publisher, folder, sample(tmp_path, IN_PARTS, "a.csv"))
    assert stand.ever_visible(folder) == {"a.csv": {hashlib.sha256(IN_PARTS).hexdigest()}}


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_what_a_cut_connection_left_is_taken_away_and_sent_anew(stand: Stand, tmp_path: Path, data: bytes) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    with stand.fault(Fault("truncated", method="PUT", path=":/content$", keep_bytes=7)):
        place(publisher, folder, sample(tmp_path, data, "a.csv"))
    assert stand.standing(folder) == {"a.csv": data}
    assert stand.staged() == []


def test_bytes_that_are_spoilt_each_time_never_reach_the_folder(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    with (
        stand.fault(Fault("flip", method="PUT", times=0, rehash=True)),
        pytest.raises(RefusedError, match="other bytes"),
    ):
        place(publisher, folder, sample(tmp_path, SMALL))
    assert stand.ever_visible(folder) == {}
    assert stand.staged() == []


def test_where_a_hash_stays_away_the_bytes_are_read_back(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    with stand.fault(Fault("hash_late", method="PUT", reads=99)):
        place(publisher, folder, sample(tmp_path, SMALL, "a.csv"))
    assert any(" download/" in line for line in stand.asked())
    assert stand.standing(folder) == {"a.csv": SMALL}


def test_a_folder_that_is_deleted_between_stage_and_move_gets_nothing(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    stand.driven.meanwhile = lambda: stand.library.remove(stand.path(folder))
    with stand.fault(Fault("locked", method="PATCH")), pytest.raises(FolderMissingError):
        place(publisher, folder, sample(tmp_path, SMALL))
    stand.driven.meanwhile = None
    assert stand.staged() == []


def test_a_staged_file_that_somebody_deletes_is_staged_again(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()

    def delete_what_is_staged() -> None:
        for name in stand.staged():
            stand.library.remove(f"{stand.staging}/{name}")
        stand.driven.meanwhile = None

    stand.driven.meanwhile = delete_what_is_staged
    with stand.fault(Fault("locked", method="PATCH")):
        place(publisher, folder, sample(tmp_path, SMALL, "a.csv"))
    assert stand.standing(folder) == {"a.csv": SMALL}


def test_no_room_is_said_at_once(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    with stand.fault(Fault("quota", method="PUT", times=0)), pytest.raises(QuotaError) as refused:
        place(publisher, folder, sample(tmp_path, SMALL))
    assert not refused.value.transient
    assert stand.driven.slept == []


def test_a_publisher_without_the_right_to_write_is_told_which(stand: Stand, tmp_path: Path) -> None:
    reader = stand.sandbox.register("reader", site_role="read")
    identity = replace(stand.connection.identity, client_id=reader.client_id, certificate=reader.pem)
    publisher = open_publisher(replace(stand.connection, identity=identity), {}, timing=stand.driven.timing())
    with pytest.raises(RightsError) as refused:
        place(publisher, stand.recipient(), sample(tmp_path, SMALL))
    assert "write" in refused.value.hint


def test_a_service_that_stays_out_of_order_is_a_transient_error(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    with stand.fault(Fault("error", status=503, times=0)), pytest.raises(DestinationBusyError) as refused:
        place(publisher, folder, sample(tmp_path, SMALL))
    assert refused.value.transient
    assert stand.ever_visible(folder) == {}


def test_a_file_that_shrinks_while_it_is_sent_is_not_placed(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    file = sample(tmp_path, IN_PARTS)
    stand.driven.meanwhile = lambda: file.path.write_bytes(b"short")  # type: ignore[assignment]
    with (
        stand.fault(Fault("error", status=503, method="POST", path="createUploadSession")),
        pytest.raises(DestinationError, match="shorter"),
    ):
        place(publisher, folder, file)
    assert stand.ever_visible(folder) == {}


def test_a_download_goes_on_where_its_connection_broke(stand: Stand, tmp_path: Path) -> None:
    del tmp_path
    publisher, folder = stand.publisher(), stand.recipient()
    data = random.Random(9).randbytes(5 << 20)
    stand.library.put(f"{stand.path(folder)}/a.csv", data)
    with stand.fault(Fault("cut_body", path="^/download/", times=2)):
        assert b"".join(publisher.read(folder, "a.csv")) == data
    sent = [request.sent for request in stand.sandbox.requests() if request.path.startswith("/download/")]
    # Half of it, half of the rest, the rest: never more than the whole on top of what was lost on the way.
    assert len(sent) == 3
    assert sum(sent) < 2 * len(data)


def test_what_is_staged_by_this_very_run_is_not_swept(stand: Stand) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    mine = staged_name(ONE, publisher._run)
    other = staged_name(ONE, "0123456789ab")
    for name in (mine, other, staged_name(TWO, "0123456789ab"), "notes.part"):
        stand.library.put(f"{stand.staging}/{name}", b"x")
    publisher.sweep(folder)
    assert other not in stand.staged()
    assert len(stand.staged()) == 3


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "PXX001-0123456789ab.part",
        "PXX001-0123456789ab-0123456789abcdef.part.csv",
        "PXX002-0123456789ab-0123456789abcdef.part",
    ],
)
def test_only_what_a_publisher_staged_for_the_recipient_is_a_leftover(name: str) -> None:
    assert not is_leftover(name, ONE, "ffffffffffff")
    assert is_leftover("PXX001-0123456789ab-0123456789abcdef.part", ONE, "ffffffffffff")
    assert not is_leftover("PXX001-0123456789ab-0123456789abcdef.part", ONE, "0123456789ab")
