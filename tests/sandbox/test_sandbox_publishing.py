"""The path that a publisher takes: stage, move, look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.client import error_of

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket

FAIL = "?@microsoft.graph.conflictBehavior=fail"


def test_a_site_is_found_by_host_and_path_and_its_library_by_name(publisher: Client) -> None:
    site = publisher.get("/sites/contoso.sharepoint.com:/sites/emrr").json()
    assert site["webUrl"] == "https://contoso.sharepoint.com/sites/emrr"
    drives = publisher.get(f"/sites/{site['id']}/drives").json()["value"]
    assert [drive["name"] for drive in drives] == ["Documents"]
    assert publisher.get(f"/sites/{site['id']}").json()["id"] == site["id"]


def test_an_unknown_site_is_not_found(publisher: Client) -> None:
    assert error_of(publisher.get("/sites/contoso.sharepoint.com:/sites/other"))[:2] == (404, "itemNotFound")


def test_a_staged_file_moves_whole_into_a_folder_under_its_final_name(sandbox: Sandbox, publisher: Client) -> None:
    folder = sandbox.library().make_folder("Reports/PXX999")
    staged = publisher.upload("_staging/0123.part", b"header\r\n")
    move = {"parentReference": {"id": folder.id}, "name": "report.csv"}
    moved = publisher.patch(f"{publisher.drive}/items/{staged['id']}{FAIL}", move).json()
    assert (moved["id"], moved["name"], moved["parentReference"]["id"]) == (staged["id"], "report.csv", folder.id)
    assert sandbox.library().read("Reports/PXX999/report.csv") == b"header\r\n"
    assert list(sandbox.library().files()) == ["Reports/PXX999/report.csv"]


def test_a_move_onto_a_taken_name_is_refused_and_changes_nothing(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.library().put("Reports/report.csv", b"a stranger's")
    folder = sandbox.library().item("Reports")
    assert folder is not None
    staged = publisher.upload("_staging/0123.part", b"ours")
    move = {"parentReference": {"id": folder.id}, "name": "REPORT.csv"}
    answer = publisher.patch(f"{publisher.drive}/items/{staged['id']}{FAIL}", move)
    assert error_of(answer)[:2] == (409, "nameAlreadyExists")
    assert sandbox.library().read("Reports/report.csv") == b"a stranger's"
    assert sandbox.library().read("_staging/0123.part") == b"ours"


def test_the_quick_xor_hash_of_microsofts_empty_file_is_twenty_zero_bytes(publisher: Client) -> None:
    assert publisher.upload("empty.csv", b"")["file"]["hashes"]["quickXorHash"] == "AAAAAAAAAAAAAAAAAAAAAAAAAAA="


def test_a_file_says_which_application_made_it(sandbox: Sandbox, publisher: Client) -> None:
    item = publisher.upload("a.csv")
    assert item["createdBy"]["application"] == {"id": sandbox.publisher.client_id, "displayName": "publisher"}


def test_every_answer_says_that_it_comes_from_a_stand_in(publisher: Client) -> None:
    refusal = publisher.send("GET", f"{publisher.sandbox.url}/v1.0/drives")
    assert "not Microsoft" in publisher.get(publisher.drive).headers["X-Stand-In"]
    assert "not Microsoft" in refusal.headers["X-Stand-In"]
