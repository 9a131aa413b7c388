"""Items: addresses, reading, listing, making, changing, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.sandbox.client import error_of

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket

FAIL = "?@microsoft.graph.conflictBehavior=fail"
RENAME = "?@microsoft.graph.conflictBehavior=rename"


def test_an_item_is_reached_by_id_by_path_and_by_a_folders_id_and_path(publisher: Client) -> None:
    item = publisher.upload("a/b/c.csv")
    folder = publisher.get(f"{publisher.drive}/root:/a").json()
    for address in (
        f"/items/{item['id']}",
        "/root:/a/b/c.csv",
        "/root:/a/b/c.csv:",
        f"/items/{folder['id']}:/b/c.csv:",
    ):
        assert publisher.get(publisher.drive + address).json()["id"] == item["id"], address


def test_a_path_may_come_with_all_its_signs_encoded(publisher: Client) -> None:
    item = publisher.upload("a/c.csv")
    assert publisher.get(f"{publisher.drive}/items/root%3A%2Fa%2Fc.csv%3A").json()["id"] == item["id"]


@pytest.mark.parametrize(
    "name", ["a#b.csv", "100%.csv", "a%20b.csv", "a+b.csv", "a&b=c.csv", "Müller É.csv", "a;b.csv"]
)
def test_a_name_is_decoded_exactly_once(publisher: Client, name: str) -> None:
    item = publisher.upload(quote(name, safe=""))
    assert item["name"] == name
    assert list(publisher.sandbox.library().files()) == [name]


def test_names_differ_by_more_than_case(publisher: Client) -> None:
    item = publisher.upload("Report.CSV")
    assert publisher.get(f"{publisher.drive}/root:/report.csv").json()["name"] == "Report.CSV"
    assert publisher.upload("REPORT.csv")["id"] == item["id"]


def test_a_path_to_nothing_is_not_found(publisher: Client) -> None:
    assert error_of(publisher.get(f"{publisher.drive}/root:/none.csv")) == (404, "itemNotFound", "")
    assert error_of(publisher.get(f"{publisher.drive}/items/01NONE"))[:2] == (404, "itemNotFound")


def test_an_error_carries_the_clients_own_request_id(publisher: Client) -> None:
    answer = publisher.get(f"{publisher.drive}/root:/none.csv", headers={"client-request-id": "mine-1"})
    assert answer.json()["error"]["innerError"]["client-request-id"] == "mine-1"
    assert answer.headers["client-request-id"] == "mine-1"


def test_an_unknown_segment_is_a_bad_request(publisher: Client) -> None:
    answer = publisher.get(f"{publisher.drive}/root/nonsense")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_select_leaves_the_named_properties(publisher: Client) -> None:
    publisher.upload("a.csv", b"1234")
    item = publisher.get(f"{publisher.drive}/root:/a.csv?$select=id,size").json()
    assert {name for name in item if not name.startswith("@odata")} == {"id", "size"}


def test_children_come_in_pages_that_lead_to_each_other(publisher: Client) -> None:
    for number in range(5):
        publisher.upload(f"f/{number}.csv")
    url, names, pages = f"{publisher.drive}/root:/f:/children?$top=2&$select=name", [], 0
    while url:
        page = publisher.get(url).json()
        names += [item["name"] for item in page["value"]]
        url, pages = page.get("@odata.nextLink", ""), pages + 1
    assert (names, pages) == (["0.csv", "1.csv", "2.csv", "3.csv", "4.csv"], 3)


def test_children_can_be_ordered_but_not_filtered(publisher: Client) -> None:
    publisher.upload("f/a.csv", b"1")
    publisher.upload("f/b.csv", b"22")
    ordered = publisher.get(f"{publisher.drive}/root:/f:/children?$orderby=size desc").json()["value"]
    assert [item["name"] for item in ordered] == ["b.csv", "a.csv"]
    filtered = publisher.get(f"{publisher.drive}/root:/f:/children?$filter=name eq 'a.csv'")
    assert error_of(filtered) == (400, "invalidRequest", "invalidQueryOption")


def test_a_folder_tells_how_many_children_and_bytes_it_has(publisher: Client) -> None:
    publisher.upload("f/a.csv", b"1")
    publisher.upload("f/g/b.csv", b"22")
    publisher.upload("f/a.csv", b"4444")
    folder = publisher.get(f"{publisher.drive}/root:/f").json()
    assert (folder["folder"]["childCount"], folder["size"], "cTag" in folder) == (2, 6, False)


def test_a_taken_folder_name_is_refused_unless_the_request_says_else(publisher: Client) -> None:
    children = f"{publisher.drive}/root/children"
    first = publisher.post(children, {"name": "F", "folder": {}})
    assert first.status_code == 201
    assert error_of(publisher.post(children, {"name": "f", "folder": {}}))[:2] == (409, "nameAlreadyExists")
    body = {"name": "F", "folder": {}, "@microsoft.graph.conflictBehavior": "rename"}
    assert publisher.post(children, body).json()["name"] == "F 1"
    body["@microsoft.graph.conflictBehavior"] = "replace"
    assert publisher.post(children, body).json()["id"] == first.json()["id"]


def test_a_put_replaces_unless_it_says_fail_or_rename(publisher: Client) -> None:
    library = publisher.sandbox.library()
    path = f"{publisher.drive}/root:/a.csv:/content"
    first = publisher.put(path, b"1")
    again = publisher.put(path, b"2")
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    assert error_of(publisher.put(path + FAIL, b"3"))[:2] == (409, "nameAlreadyExists")
    renamed = publisher.put(path + RENAME, b"4")
    assert (renamed.status_code, renamed.json()["name"]) == (201, "a 1.csv")
    assert (library.read("a.csv"), library.read("a 1.csv")) == (b"2", b"4")


def test_a_put_for_a_name_that_must_not_exist_is_refused_when_it_does(publisher: Client) -> None:
    path = f"{publisher.drive}/root:/a.csv:/content"
    assert publisher.put(path, b"1", headers={"If-None-Match": "*"}).status_code == 201
    answer = publisher.put(path, b"2", headers={"If-None-Match": "*"})
    assert answer.status_code == 412
    assert publisher.sandbox.library().read("a.csv") == b"1"


def test_a_change_of_an_etag_that_is_no_longer_true_is_refused(publisher: Client) -> None:
    item = publisher.upload("a.csv")
    publisher.upload("a.csv", b"newer")
    path = f"{publisher.drive}/items/{item['id']}"
    headers = {"If-Match": item["eTag"]}
    assert error_of(publisher.put(f"{path}/content", b"x", headers=headers))[2] == "entityTagDoesNotMatch"
    assert publisher.patch(path, {"name": "b.csv"}, headers=headers).status_code == 412
    assert publisher.delete(path, headers=headers).status_code == 412
    assert publisher.sandbox.library().read("a.csv") == b"newer"


def test_a_rename_changes_the_etag_and_leaves_the_ctag(publisher: Client) -> None:
    before = publisher.upload("a.csv")
    after = publisher.patch(f"{publisher.drive}/items/{before['id']}", {"name": "b.csv"}).json()
    assert (after["name"], after["cTag"]) == ("b.csv", before["cTag"])
    assert after["eTag"] != before["eTag"]


def test_the_clients_times_are_kept_when_it_sends_them(publisher: Client) -> None:
    item = publisher.upload("a.csv")
    times = {"fileSystemInfo": {"lastModifiedDateTime": "2026-01-02T03:04:05Z"}}
    changed = publisher.patch(f"{publisher.drive}/items/{item['id']}", times).json()
    assert changed["fileSystemInfo"]["lastModifiedDateTime"] == "2026-01-02T03:04:05Z"
    assert changed["fileSystemInfo"]["createdDateTime"] == item["fileSystemInfo"]["createdDateTime"]


def test_a_move_may_name_its_folder_by_path(publisher: Client) -> None:
    item = publisher.upload("a.csv")
    publisher.upload("to here/other.csv")
    reference = {"path": "/drive/root:/to%20here"}
    publisher.patch(f"{publisher.drive}/items/{item['id']}", {"parentReference": reference})
    assert "to here/a.csv" in publisher.sandbox.library().files()


def test_a_move_onto_a_taken_name_replaces_only_when_it_says_so(publisher: Client) -> None:
    publisher.upload("f/a.csv", b"old")
    folder = publisher.get(f"{publisher.drive}/root:/f").json()["id"]
    item = publisher.upload("a.csv", b"new")
    move = {"parentReference": {"id": folder}}
    path = f"{publisher.drive}/items/{item['id']}"
    assert error_of(publisher.patch(path, move))[:2] == (409, "nameAlreadyExists")
    assert publisher.patch(f"{path}?@microsoft.graph.conflictBehavior=replace", move).status_code == 200
    assert publisher.sandbox.library().read("f/a.csv") == b"new"


def test_a_move_to_another_library_is_refused(publisher: Client) -> None:
    item = publisher.upload("a.csv")
    reference = {"driveId": "b!another", "id": "01X"}
    answer = publisher.patch(f"{publisher.drive}/items/{item['id']}", {"parentReference": reference})
    assert error_of(answer) == (400, "invalidRequest", "notSupported")


def test_a_folder_cannot_move_below_itself(publisher: Client) -> None:
    publisher.upload("f/g/a.csv")
    outer = publisher.get(f"{publisher.drive}/root:/f").json()["id"]
    inner = publisher.get(f"{publisher.drive}/root:/f/g").json()["id"]
    answer = publisher.patch(f"{publisher.drive}/items/{outer}", {"parentReference": {"id": inner}})
    assert answer.status_code == 400


def test_root_is_no_id_of_a_new_parent(publisher: Client) -> None:
    item = publisher.upload("f/a.csv")
    answer = publisher.patch(f"{publisher.drive}/items/{item['id']}", {"parentReference": {"id": "root"}})
    assert answer.status_code == 404


def test_a_deleted_item_is_gone_with_all_below_it(publisher: Client) -> None:
    item = publisher.upload("f/a.csv")
    folder = publisher.get(f"{publisher.drive}/root:/f").json()["id"]
    assert publisher.delete(f"{publisher.drive}/items/{folder}").status_code == 204
    assert publisher.get(f"{publisher.drive}/items/{item['id']}").status_code == 404
    assert publisher.upload("f/a.csv")["id"] != item["id"]


@pytest.mark.parametrize(
    "name",
    [
        "a|b.csv",
        'a"b.csv',
        "a<b.csv",
        "a*b.csv",
        " a.csv",
        "a.csv ",
        "a.",
        "CON",
        "con.csv",
        "lpt1",
        "~$a.csv",
        "a_vti_b.csv",
        ".lock",
        "desktop.ini",
        "forms",
        "x" * 256,
    ],
)
def test_a_name_that_sharepoint_does_not_take_is_refused(publisher: Client, name: str) -> None:
    answer = publisher.put(f"{publisher.drive}/root:/{quote(name, safe='')}:/content", b"1")
    assert error_of(answer) == (400, "invalidRequest", "invalidPath")
    assert not publisher.sandbox.library().files()


def test_a_folder_may_not_begin_with_a_tilde_but_a_file_may(publisher: Client) -> None:
    answer = publisher.post(f"{publisher.drive}/root/children", {"name": "~f", "folder": {}})
    assert error_of(answer)[2] == "invalidPath"
    assert publisher.upload("~a.csv")["name"] == "~a.csv"


def test_a_path_of_more_than_400_characters_from_the_site_on_is_refused(publisher: Client) -> None:
    # "sites/emrr/Shared Documents/" has 28 characters: 28 + 171 + 1 + 200 make 400.
    folder = "f" * 171
    assert publisher.upload(f"{folder}/{'a' * 200}")["size"] == 7
    answer = publisher.put(f"{publisher.drive}/root:/{folder}/{'b' * 201}:/content", b"1")
    assert error_of(answer) == (400, "invalidRequest", "pathIsTooLong")


def test_content_is_fetched_from_an_address_that_needs_no_token(publisher: Client) -> None:
    item = publisher.upload("a.csv", b"0123456789")
    answer = publisher.get(f"{publisher.drive}/items/{item['id']}/content", allow_redirects=False)
    assert answer.status_code == 302
    assert publisher.send("GET", answer.headers["Location"]).content == b"0123456789"


def test_a_range_of_a_download_is_given_as_a_range(publisher: Client) -> None:
    url = publisher.upload("a.csv", b"0123456789")["@microsoft.graph.downloadUrl"]
    answer = publisher.send("GET", url, headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert publisher.send("GET", url, headers={"Range": "bytes=-3"}).content == b"789"
    assert publisher.send("GET", url, headers={"Range": "bytes=10-"}).status_code == 416


def test_a_download_address_ends_with_its_hour_and_works_for_its_item_only(sandbox: Sandbox, publisher: Client) -> None:
    first, second = (publisher.upload(name)["@microsoft.graph.downloadUrl"] for name in ("a.csv", "b.csv"))
    path, ticket = first.partition("?")[0], second.partition("?")[2]
    assert publisher.send("GET", f"{path}?{ticket}").status_code == 401
    sandbox.clock.advance(3601)
    assert publisher.send("GET", first).status_code == 401


def test_a_file_of_the_quota_and_no_more_finds_room(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.set_quota(10)
    publisher.upload("a.csv", b"1234567890")
    answer = publisher.put(f"{publisher.drive}/root:/b.csv:/content", b"1")
    assert error_of(answer)[:2] == (507, "quotaLimitReached")
    assert publisher.upload("a.csv", b"0987654321")["size"] == 10


def test_what_was_visible_under_a_name_is_never_forgotten(sandbox: Sandbox, publisher: Client) -> None:
    publisher.upload("f/a.csv", b"first")
    publisher.upload("f/a.csv", b"second!")
    sandbox.library().move("f/a.csv", "f/b.csv")
    seen = sandbox.library().history("f/a.csv")
    assert [(version.size, version.until is None) for version in seen] == [(5, False), (7, False)]
    assert [version.size for version in sandbox.library().history("f/b.csv")] == [7]
    assert list(sandbox.library().ever_visible("f")) == ["a.csv", "b.csv"]
