"""Who can read a folder against who should: an exact set of ids, failing closed."""

from __future__ import annotations

from typing import Any

import pytest

from ecosmig_publish.destinations.sharepoint.access import Readers, Verdict, compare_access

ANA = "8f1f6a1e-0000-4000-8000-00000000a11a"
GROUP = "8f1f6a1e-0000-4000-8000-0000000096d0"
APP = "8f1f6a1e-0000-4000-8000-000000000a99"
OTHER = "8f1f6a1e-0000-4000-8000-00000000dead"


def user(identifier: str = ANA, mail: str = "ana@example-energy.test", name: str = "Ana") -> dict[str, Any]:
    return {
        "id": f"p-{identifier}",
        "roles": ["read"],
        "grantedToV2": {
            "user": {"id": identifier, "displayName": name, "email": mail},
            "siteUser": {
                "id": "17",
                "displayName": name,
                "email": mail,
                "loginName": f"i:0#.f|membership|{mail.replace('@', '_')}#ext#@contoso.test",
            },
        },
    }


def group(identifier: str = GROUP, name: str = "PXX001 readers", mail: str = "pxx001@contoso.test") -> dict[str, Any]:
    return {
        "id": f"p-{identifier}",
        "roles": ["read"],
        "grantedToV2": {
            "group": {"id": identifier, "displayName": name, "email": mail},
            "siteUser": {"id": "18", "displayName": name, "loginName": f"c:0t.c|tenant|{identifier}"},
        },
    }


def site_group(name: str = "EMRR Owners", identifier: str = "3") -> dict[str, Any]:
    return {
        "id": "p-site",
        "roles": ["owner"],
        "grantedToV2": {"siteGroup": {"id": identifier, "displayName": name, "loginName": name}},
    }


def crowd(login: str, name: str) -> dict[str, Any]:
    return {
        "id": "p-crowd",
        "roles": ["read"],
        "grantedToV2": {"siteUser": {"id": "4", "displayName": name, "loginName": login}},
    }


def link(scope: str | None, *named: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "p-link",
        "roles": ["read"],
        "link": {"type": "view", **({"scope": scope} if scope else {})},
        "grantedToIdentitiesV2": [one["grantedToV2"] for one in named],
    }


def compare(*permissions: dict[str, Any], recipients: tuple[str, ...] = (ANA,)) -> Verdict:
    return compare_access(permissions, Readers(frozenset(recipients), frozenset({"EMRR Owners", APP})))


@pytest.mark.parametrize(
    "named", [ANA, ANA.upper(), "ana@example-energy.test", "Ana@Example-Energy.TEST", " ana@example-energy.test "]
)
def test_the_recipients_user_is_known_by_id_or_mail(named: str) -> None:
    verdict = compare(user(), site_group(), recipients=(named,))
    assert verdict.is_exact
    assert verdict.shows_recipient
    assert verdict.missing == ()


def test_a_user_is_known_by_the_name_they_sign_in_with() -> None:
    permission = user(mail="")
    permission["grantedToV2"]["siteUser"]["loginName"] = "i:0#.f|membership|ana@example-energy.test"
    assert compare(permission, recipients=("ana@example-energy.test",)).shows_recipient


@pytest.mark.parametrize("named", [GROUP, "pxx001@contoso.test"])
def test_the_recipients_group_is_known_by_id_or_mail(named: str) -> None:
    verdict = compare(group(), recipients=(named,))
    assert verdict.is_exact
    assert verdict.shows_recipient


def test_a_group_that_only_has_a_site_entry_is_known_by_the_id_in_its_login_name() -> None:
    verdict = compare(crowd(f"c:0t.c|tenant|{GROUP}", "PXX001 readers"), recipients=(GROUP,))
    assert verdict.is_exact
    assert verdict.shows_recipient


def test_anybody_else_is_a_stranger_and_named_with_mail_and_id() -> None:
    verdict = compare(user(), user(OTHER, "eve@else.test", "Eve"))
    assert not verdict.is_exact
    assert verdict.findings == (f"user Eve (eve@else.test, {OTHER})",)


@pytest.mark.parametrize("permission", [user(OTHER, "eve@else.test", "EMRR Owners"), group(OTHER, "EMRR Owners", "")])
def test_a_person_or_group_that_only_bears_an_owners_name_is_a_stranger(permission: dict[str, Any]) -> None:
    assert len(compare(user(), permission).strangers) == 1


def test_a_person_that_only_bears_the_recipients_name_is_a_stranger() -> None:
    verdict = compare(user(OTHER, "eve@else.test", "ana@example-energy.test"), recipients=("ana@example-energy.test",))
    assert len(verdict.strangers) == 1
    assert not verdict.shows_recipient


def test_the_sites_own_group_is_known_by_its_name() -> None:
    assert compare(user(), site_group("emrr owners")).is_exact
    assert compare(user(), site_group("EMRR Visitors", "4")).findings == ("site group EMRR Visitors (4)",)


def test_an_app_of_the_owner_is_known_by_its_id_and_another_is_a_stranger() -> None:
    mine = {"id": "a", "roles": ["write"], "grantedToV2": {"application": {"id": APP, "displayName": "ecosmig"}}}
    other = {"id": "b", "roles": ["read"], "grantedToV2": {"application": {"id": OTHER, "displayName": "ecosmig"}}}
    assert compare(user(), mine).is_exact
    assert not compare(user(), mine, other).is_exact


@pytest.mark.parametrize(
    ("login", "name"),
    [
        ("c:0(.s|true", "Everyone"),
        ("c:0-.f|rolemanager|spo-grid-all-users/6d9b", "Everyone except external users"),
        ("c:0!.s|windows", "All users (windows)"),
    ],
)
def test_everybody_is_a_finding_that_no_list_of_owners_can_excuse(login: str, name: str) -> None:
    readers = Readers(frozenset({ANA}), frozenset({name, "true", "windows", "spo-grid-all-users/6d9b"}))
    verdict = compare_access([user(), crowd(login, name)], readers)
    assert verdict.findings == (f"everybody ({name})",)


@pytest.mark.parametrize("scope", ["anonymous", "organization", "somethingNew", None])
def test_a_link_that_works_for_unnamed_people_is_a_finding_even_when_it_names_the_recipient(scope: str | None) -> None:
    verdict = compare(user(), link(scope, user()))
    assert len(verdict.open_links) == 1
    assert not verdict.is_exact


def test_a_link_for_the_recipient_alone_is_theirs() -> None:
    verdict = compare(link("users", user()))
    assert verdict.is_exact
    assert verdict.shows_recipient


def test_a_link_for_somebody_else_is_a_finding() -> None:
    assert not compare(user(), link("users", user(), user(OTHER, "eve@else.test", "Eve"))).is_exact


def test_a_link_for_people_who_are_not_shown_is_a_finding() -> None:
    assert not compare(user(), link("users")).is_exact


def test_a_link_for_those_who_have_access_anyway_changes_nothing() -> None:
    assert compare(user(), link("existingAccess")).is_exact


def test_an_invitation_counts_by_its_mail() -> None:
    invited = {"id": "i", "roles": ["read"], "invitation": {"email": "ana@example-energy.test"}}
    stranger = {"id": "j", "roles": ["read"], "invitation": {"email": "eve@else.test"}}
    assert compare(invited, recipients=("ana@example-energy.test",)).shows_recipient
    assert compare(user(), stranger).findings == ("eve@else.test (invited)",)


@pytest.mark.parametrize(
    "permission",
    [
        {"id": "x", "roles": ["read"]},
        {"id": "x", "roles": [], "grantedToV2": {}},
        {"id": "x", "roles": ["read"], "grantedToV2": {"robot": {"id": ANA, "displayName": "Ana"}}},
        {"id": "x", "roles": ["read"], "grantedToV2": {"user": {"displayName": "Ana"}}},
        {"id": "x", "roles": ["read"], "grantedToV2": {"user": {}}},
    ],
    ids=["nobody", "empty", "unknown-kind", "name-only", "blank"],
)
def test_a_permission_that_names_nobody_we_know_is_a_finding(permission: dict[str, Any]) -> None:
    assert not compare(user(), permission).is_exact


def test_of_two_principals_in_one_permission_each_has_to_be_known() -> None:
    both = user()
    both["grantedToV2"]["group"] = {"id": OTHER, "displayName": "Else"}
    verdict = compare(both)
    assert verdict.findings == (f"group Else ({OTHER})",)
    assert verdict.shows_recipient


def test_the_older_properties_count_where_the_newer_are_not_there() -> None:
    older = {"id": "x", "roles": ["read"], "grantedTo": {"user": {"id": OTHER, "displayName": "Eve"}}}
    many = {
        "id": "y",
        "roles": ["read"],
        "link": {"scope": "users"},
        "grantedToIdentities": [{"user": {"id": OTHER, "displayName": "Eve"}}],
    }
    assert not compare(user(), older).is_exact
    assert not compare(user(), many).is_exact


def test_without_the_recipients_own_grant_nothing_is_shown() -> None:
    assert not compare(site_group()).shows_recipient
    assert compare(site_group()).is_exact
    assert not compare().shows_recipient


def test_a_user_of_the_recipient_without_a_grant_is_missing_and_no_finding() -> None:
    verdict = compare(user(), recipients=(ANA, "bob@example-energy.test"))
    assert verdict.missing == ("bob@example-energy.test",)
    assert verdict.is_exact


def test_a_recipient_of_whom_nothing_is_configured_has_only_strangers() -> None:
    verdict = compare(user(), recipients=())
    assert not verdict.is_exact
    assert not verdict.shows_recipient


def test_a_blank_in_the_configuration_names_nobody() -> None:
    assert not compare_access([user(mail="")], Readers(frozenset({"", " "}), frozenset({""}))).is_exact


def test_inherited_permissions_are_counted_and_held_to_the_same_rule() -> None:
    inherited = {**user(OTHER, "eve@else.test", "Eve"), "inheritedFrom": {}}
    verdict = compare(user(), inherited)
    assert verdict.inherited == 1
    assert not verdict.is_exact
