"""A service whose answers say less than Microsoft's do, or say it late: single answers, by `responses`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import responses

from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.sharepoint.faults import LibraryError, RefusedError
from ecosmig_publish.destinations.sharepoint.placing import Placing
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import DestinationBusyError
from tests.destinations.conformance.bench import Sample, sample
from tests.destinations.sharepoint.answering import BASE, error, library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.driven import DrivenTime

FOLDER = Folder(Signifier("PXX001"), "F", "PXX001 Alpha")
STAGED = re.compile(rf"{re.escape(BASE)}/drives/D/items/S:/[^/]+$")
CONTENT = re.compile(rf"{re.escape(BASE)}/drives/D/items/S:/[^/]+:/content")
MOVED = f"{BASE}/drives/D/items/I"


def answer_places(*, staging: bool = True) -> None:
    responses.get(f"{BASE}/sites/contoso.sharepoint.com:/sites/emrr", json={"id": "site"})
    drives = [{"id": "X", "name": "Pages"}, {"id": "D", "name": "Shared", "webUrl": "https://c/sites/emrr/Documents"}]
    responses.get(f"{BASE}/sites/site/drives", json={"value": drives})
    responses.get(f"{BASE}/drives/D/root:/Reports", json={"id": "R", "folder": {}})
    if staging:
        responses.get(f"{BASE}/drives/D/root:/_staging", json={"id": "S", "folder": {}})


def item(file: Sample, **more: Any) -> dict[str, Any]:
    hashes = {"hashes": {"quickXorHash": file.fingerprint.quick_xor_hash}}
    return {"id": "I", "name": "x.part", "size": file.fingerprint.size, "file": hashes, **more}


def place(driven: DrivenTime, file: Sample) -> str:
    return Placing(library(driven), "0123456789ab").place(FOLDER, "a.csv", file.path, file.fingerprint).item_id


@responses.activate
def test_a_library_is_found_by_its_name_in_addresses_too(driven: DrivenTime) -> None:
    answer_places()
    assert library(driven).located().drive_id == "D"


@responses.activate
def test_a_library_that_is_not_there_is_named_with_those_that_are(driven: DrivenTime) -> None:
    responses.get(f"{BASE}/sites/contoso.sharepoint.com:/sites/emrr", json={"id": "site"})
    responses.get(f"{BASE}/sites/site/drives", json={"value": [{"id": "X", "name": "Pages"}]})
    with pytest.raises(LibraryError, match="Pages") as refused:
        library(driven).located()
    assert "library" in refused.value.hint


@responses.activate
def test_a_site_that_is_not_there_is_named(driven: DrivenTime) -> None:
    responses.get(f"{BASE}/sites/contoso.sharepoint.com:/sites/emrr", status=404, json=error("itemNotFound"))
    with pytest.raises(LibraryError, match="contoso"):
        library(driven).located()
    assert len(responses.calls) == 1


@responses.activate
def test_a_staging_folder_that_is_not_there_is_named_with_its_key(driven: DrivenTime) -> None:
    answer_places(staging=False)
    responses.get(f"{BASE}/drives/D/root:/_staging", status=404, json=error("itemNotFound"))
    with pytest.raises(LibraryError, match="_staging") as refused:
        library(driven).located()
    assert "staging_folder" in refused.value.hint


@responses.activate
def test_an_answer_to_a_move_that_says_too_little_is_looked_up(driven: DrivenTime, tmp_path: Path) -> None:
    answer_places()
    file = sample(tmp_path, b"00,1\r\n")
    responses.put(CONTENT, status=201, json=item(file))
    responses.patch(MOVED, json={"id": "I"})
    responses.get(MOVED, json=item(file, name="a.csv", parentReference={"id": "F"}))
    assert place(driven, file) == "I"
    assert [call.request.method for call in responses.calls][-3:] == ["PUT", "PATCH", "GET"]


@responses.activate
def test_a_service_that_gives_another_name_is_found_out_and_nothing_is_removed(
    driven: DrivenTime, tmp_path: Path
) -> None:
    answer_places()
    file = sample(tmp_path, b"00,1\r\n")
    renamed = item(file, name="a 1.csv", parentReference={"id": "F"})
    responses.put(CONTENT, status=201, json=item(file))
    responses.patch(MOVED, json=renamed)
    responses.get(MOVED, json=renamed)
    with pytest.raises(RefusedError, match=r"a 1\.csv"):
        place(driven, file)
    assert "DELETE" not in {call.request.method for call in responses.calls}


@responses.activate
def test_an_answer_to_a_put_that_says_too_little_is_looked_up(driven: DrivenTime, tmp_path: Path) -> None:
    answer_places()
    file = sample(tmp_path, b"00,1\r\n")
    responses.put(CONTENT, status=201, json={"@odata.context": "x"})
    responses.get(STAGED, json=item(file))
    responses.patch(MOVED, json=item(file, name="a.csv", parentReference={"id": "F"}))
    assert place(driven, file) == "I"


@responses.activate
def test_what_was_staged_and_can_not_be_seen_is_a_matter_of_later(driven: DrivenTime, tmp_path: Path) -> None:
    answer_places()
    responses.put(CONTENT, status=201, json={"@odata.context": "x"})
    responses.get(STAGED, status=404, json=error("itemNotFound"))
    with pytest.raises(DestinationBusyError):
        place(driven, sample(tmp_path, b"00,1\r\n"))
    assert "DELETE" not in {call.request.method for call in responses.calls}


@responses.activate
def test_a_move_says_fail_in_address_and_body_and_names_folder_and_file(driven: DrivenTime, tmp_path: Path) -> None:
    answer_places()
    file = sample(tmp_path, b"00,1\r\n")
    responses.put(CONTENT, status=201, json=item(file))
    responses.patch(MOVED, json=item(file, name="a.csv", parentReference={"id": "F"}))
    place(driven, file)
    put, patch = responses.calls[-2].request, responses.calls[-1].request
    assert "conflictBehavior=fail" in str(put.url)
    assert put.headers["Content-Type"] == "text/csv"
    assert "conflictBehavior=fail" in str(patch.url)
    assert json.loads(str(patch.body, "utf-8") if isinstance(patch.body, bytes) else str(patch.body)) == {
        "parentReference": {"id": "F"},
        "name": "a.csv",
        "@microsoft.graph.conflictBehavior": "fail",
    }
