"""Who may do what, who sees which grants, and how grants come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.client import Client, error_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.sandbox import Sandbox

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def folder(sandbox: Sandbox) -> str:
    """The address of a recipient's folder that still inherits."""
    item = sandbox.library().make_folder("Reports/PXX999")
    return f"/drives/{item.drive}/items/{item.id}"


@pytest.fixture
def stranger(sandbox: Sandbox) -> Iterator[Client]:
    """An application with Sites.Selected that the site granted nothing."""
    client = Client(sandbox, sandbox.register("stranger"))
    yield client
    client.close()


def invitation(*recipients: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "recipients": list(recipients),
        "requireSignIn": True,
        "sendInvitation": False,
        "roles": ["read"],
        "retainInheritedPermissions": False,
    } | more


def names(client: Client, folder: str) -> list[tuple[str, str, bool]]:
    """Return who is granted what, and whether that is inherited."""
    found = []
    for permission in client.get(f"{folder}/permissions").json()["value"]:
        identity = next(iter(permission["grantedToV2"].values()))
        found.append((identity["displayName"], permission["roles"][0], "inheritedFrom" in permission))
    return found


def test_without_a_grant_of_the_site_nothing_can_be_read(sandbox: Sandbox, stranger: Client, folder: str) -> None:
    for path in (f"/sites/{sandbox.site_id}", f"/sites/{sandbox.site_id}/drives", folder, stranger.drive):
        assert error_of(stranger.get(path))[:2] == (403, "accessDenied"), path


def test_a_grant_that_was_withdrawn_ends_access_at_once(sandbox: Sandbox, publisher: Client) -> None:
    assert publisher.get(publisher.drive).status_code == 200
    sandbox.withdraw_site_role(sandbox.publisher)
    assert publisher.get(publisher.drive).status_code == 403


def test_a_role_of_read_writes_nothing(sandbox: Sandbox) -> None:
    client = Client(sandbox, sandbox.register("reader", site_role="read"))
    item = sandbox.library().put("a.csv", b"1")
    path = f"{client.drive}/items/{item.id}"
    assert client.get(path).status_code == 200
    assert client.put(f"{path}/content", b"2").status_code == 403
    assert client.patch(path, {"name": "b.csv"}).status_code == 403
    assert client.delete(path).status_code == 403
    assert client.post(f"{client.drive}/root/children", {"name": "f", "folder": {}}).status_code == 403
    assert client.post(f"{client.drive}/root:/c.csv:/createUploadSession", {}).status_code == 403
    assert list(sandbox.library().files()) == ["a.csv"]
    client.close()


def test_consent_for_all_sites_needs_no_grant(sandbox: Sandbox) -> None:
    client = Client(sandbox, sandbox.register("broad", roles=["Sites.ReadWrite.All"]))
    assert client.upload("a.csv")["size"] == 7
    client.close()


def test_a_writer_may_neither_invite_nor_withdraw(sandbox: Sandbox, publisher: Client, folder: str) -> None:
    sandbox.people.add_person("ana@contoso.test")
    answer = publisher.post(f"{folder}/invite", invitation({"email": "ana@contoso.test"}))
    assert error_of(answer)[:2] == (403, "accessDenied")
    grants, _ = sandbox.library().grants("Reports/PXX999")
    assert publisher.delete(f"{folder}/permissions/{grants[0].id}").status_code == 403
    assert len(sandbox.library().grants("Reports/PXX999")[0]) == 3


def test_a_writer_sees_no_grants_of_others(sandbox: Sandbox, publisher: Client, folder: str) -> None:
    assert publisher.get(f"{folder}/permissions").json()["value"] == []
    sandbox.owners_only_see_grants = False
    assert len(publisher.get(f"{folder}/permissions").json()["value"]) == 3


def test_a_folder_inherits_the_sites_groups_and_says_so(administrator: Client, folder: str) -> None:
    expected = [("EMRR Owners", "owner", True), ("EMRR Members", "write", True), ("EMRR Visitors", "read", True)]
    assert names(administrator, folder) == expected
    first = administrator.get(f"{folder}/permissions").json()["value"][0]
    assert first["inheritedFrom"] == {}


def test_the_first_invitation_that_retains_nothing_leaves_the_invited_alone(
    sandbox: Sandbox, administrator: Client, folder: str
) -> None:
    ana = sandbox.people.add_person("ana@energy.test", "Ana", guest=True)
    answer = administrator.post(f"{folder}/invite", invitation({"email": "ANA@energy.test"}))
    granted = answer.json()["value"][0]
    assert (answer.status_code, granted["roles"], granted["grantedToV2"]["user"]["id"]) == (200, ["read"], ana.id)
    assert names(administrator, folder) == [("Ana", "read", False)]


def test_a_later_invitation_keeps_what_is_there(sandbox: Sandbox, administrator: Client, folder: str) -> None:
    for mail in ("ana@energy.test", "bo@energy.test"):
        sandbox.people.add_person(mail)
        administrator.post(f"{folder}/invite", invitation({"email": mail}))
    assert names(administrator, folder) == [("ana", "read", False), ("bo", "read", False)]


def test_an_invitation_that_retains_copies_what_was_inherited(
    sandbox: Sandbox, administrator: Client, folder: str
) -> None:
    sandbox.people.add_person("ana@energy.test")
    body = invitation({"email": "ana@energy.test"}, retainInheritedPermissions=True)
    administrator.post(f"{folder}/invite", body)
    assert [name for name, _, inherited in names(administrator, folder) if not inherited] == [
        "EMRR Owners",
        "EMRR Members",
        "EMRR Visitors",
        "ana",
    ]


def test_a_group_is_invited_by_its_id(sandbox: Sandbox, administrator: Client, folder: str) -> None:
    team = sandbox.people.add_team("PXX999 readers")
    granted = administrator.post(f"{folder}/invite", invitation({"objectId": team.id})).json()["value"][0]
    assert granted["grantedToV2"]["group"]["id"] == team.id


@pytest.mark.parametrize(
    ("body", "inner"),
    [
        (invitation({"email": "nobody@elsewhere.test"}), "noResolvedUsers"),
        (invitation({"email": "nobody@elsewhere.test"}, sendInvitation=True), "noResolvedUsers"),
        (invitation({"email": "ana@energy.test"}, requireSignIn=False), ""),
        (invitation({"email": "ana@energy.test"}, roles=["admin"]), ""),
        (invitation(), ""),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused_and_changes_nothing(
    sandbox: Sandbox, administrator: Client, folder: str, body: dict[str, Any], inner: str
) -> None:
    sandbox.people.add_person("ana@energy.test")
    assert error_of(administrator.post(f"{folder}/invite", body)) == (400, "invalidRequest", inner)
    assert all(inherited for _, _, inherited in names(administrator, folder))


def test_a_grant_is_changed_and_withdrawn_by_its_id(sandbox: Sandbox, administrator: Client, folder: str) -> None:
    sandbox.people.add_person("ana@energy.test", "Ana")
    granted = administrator.post(f"{folder}/invite", invitation({"email": "ana@energy.test"})).json()["value"][0]
    path = f"{folder}/permissions/{granted['id']}"
    assert administrator.patch(path, {"roles": ["write"]}).json()["roles"] == ["write"]
    assert administrator.get(path).json()["roles"] == ["write"]
    assert administrator.delete(path).status_code == 204
    assert names(administrator, folder) == []
    assert administrator.get(path).status_code == 404


def test_an_inherited_grant_can_not_be_withdrawn_below(administrator: Client, folder: str) -> None:
    inherited = administrator.get(f"{folder}/permissions").json()["value"][0]
    assert administrator.delete(f"{folder}/permissions/{inherited['id']}").status_code == 400


def test_a_file_moved_into_a_folder_has_the_folders_readers(
    sandbox: Sandbox, administrator: Client, publisher: Client, folder: str
) -> None:
    sandbox.people.add_person("ana@energy.test", "Ana")
    administrator.post(f"{folder}/invite", invitation({"email": "ana@energy.test"}))
    item = publisher.upload("_staging/a.part")
    path = f"{publisher.drive}/items/{item['id']}"
    publisher.patch(path, {"parentReference": {"id": folder.rpartition("/")[2]}, "name": "a.csv"})
    assert names(administrator, path) == [("Ana", "read", True)]


def test_a_link_for_anybody_stands_among_the_permissions(administrator: Client, folder: str) -> None:
    made = administrator.post(f"{folder}/createLink", {"type": "view", "scope": "anonymous"})
    assert made.status_code == 201
    links = [found["link"] for found in administrator.get(f"{folder}/permissions").json()["value"] if "link" in found]
    assert [(link["scope"], link["type"]) for link in links] == [("anonymous", "view")]


def test_grants_given_and_taken_in_the_browser_are_seen(sandbox: Sandbox, administrator: Client, folder: str) -> None:
    ana = sandbox.people.add_person("ana@energy.test", "Ana")
    library = sandbox.library()
    library.break_inheritance("Reports/PXX999", keep=False)
    grant = library.grant("Reports/PXX999", "user", ana.id)
    assert names(administrator, folder) == [("Ana", "read", False)]
    library.withdraw("Reports/PXX999", grant.id)
    assert names(administrator, folder) == []
    library.restore_inheritance("Reports/PXX999")
    assert len(names(administrator, folder)) == 3


def test_only_full_control_of_all_sites_manages_what_the_site_grants(sandbox: Sandbox, administrator: Client) -> None:
    path = f"/sites/{sandbox.site_id}/permissions"
    assert administrator.get(path).status_code == 403
    client = Client(sandbox, sandbox.register("global", roles=["Sites.FullControl.All"]))
    other = sandbox.register("other")
    body = {"roles": ["write"], "grantedToIdentities": [{"application": {"id": other.client_id}}]}
    made = client.post(path, body)
    assert made.status_code == 201
    granted = Client(sandbox, other)
    assert granted.upload("a.csv")["size"] == 7
    assert client.delete(f"{path}/{made.json()['id']}").status_code == 204
    assert granted.get(granted.drive).status_code == 403
    granted.close()
    client.close()


def test_people_are_found_by_mail_by_principal_name_and_by_id(sandbox: Sandbox, administrator: Client) -> None:
    guest = sandbox.people.add_person("ana@energy.test", guest=True)
    found = administrator.get("/users?$filter=mail eq 'ana@energy.test'&$select=id,userType").json()["value"]
    assert found == [{"id": guest.id, "userType": "Guest"}]
    assert guest.upn == "ana_energy.test#EXT#@contoso.onmicrosoft.com"
    assert administrator.get(f"/users/{guest.id}").json()["mail"] == "ana@energy.test"
    answer = administrator.get("/users/ana@energy.test")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "Request_ResourceNotFound")


def test_a_groups_members_are_listed_those_of_its_groups_on_request(sandbox: Sandbox, administrator: Client) -> None:
    sandbox.people.add_person("ana@energy.test")
    sandbox.people.add_team("inner", members=("ana@energy.test",))
    outer = sandbox.people.add_team("outer", members=("inner@contoso.onmicrosoft.com",))
    direct = administrator.get(f"/groups/{outer.id}/members").json()["value"]
    assert [member["@odata.type"] for member in direct] == ["#microsoft.graph.group"]
    everybody = administrator.get(f"/groups/{outer.id}/transitiveMembers").json()["value"]
    assert [member["displayName"] for member in everybody] == ["inner", "ana"]


def test_a_guest_is_invited_once_and_can_then_be_granted_access(
    sandbox: Sandbox, administrator: Client, folder: str
) -> None:
    body = {"invitedUserEmailAddress": "new@energy.test", "inviteRedirectUrl": sandbox.site_url}
    first, second = administrator.post("/invitations", body), administrator.post("/invitations", body)
    assert (first.status_code, first.json()["status"]) == (201, "PendingAcceptance")
    assert first.json()["invitedUser"]["id"] == second.json()["invitedUser"]["id"]
    assert administrator.post(f"{folder}/invite", invitation({"email": "new@energy.test"})).status_code == 200


def test_without_consent_entras_side_is_closed(publisher: Client) -> None:
    for answer in (publisher.get("/users"), publisher.get("/groups"), publisher.post("/invitations", {})):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def test_the_sites_grants_to_applications_stand_among_permissions_on_request(
    sandbox: Sandbox, administrator: Client, folder: str
) -> None:
    sandbox.shows_application_grants = True
    permissions = administrator.get(f"{folder}/permissions").json()["value"]
    shown = [found["grantedToV2"]["application"]["displayName"] for found in permissions[3:]]
    assert sorted(shown) == ["administrator", "publisher"]
