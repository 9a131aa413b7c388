"""A folder that isn't the recipient's alone gets nothing, and the other recipients get their files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from tests.sharepoint.installation import mail_of
from tests.sharepoint.issued import FIRST
from tests.workflows.made import A, B

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]


def _add_reader(made: SharePointInstallation) -> None:
    person = made.sandbox.people.add_person("curious@owner.test")
    made.sandbox.library().grant(made.folder(A), "user", person.id)


def _add_the_other_recipient(made: SharePointInstallation) -> None:
    person = made.sandbox.people.person(mail_of(B))
    assert person is not None
    made.sandbox.library().grant(made.folder(A), "user", person.id)


def _share_with_anybody(made: SharePointInstallation) -> None:
    made.sandbox.library().grant(made.folder(A), "link", f"{made.place} anybody", scope="anonymous")


def _share_with_the_organisation(made: SharePointInstallation) -> None:
    made.sandbox.library().grant(made.folder(A), "link", f"{made.place} organisation", scope="organization")


def _let_it_inherit(made: SharePointInstallation) -> None:
    made.sandbox.library().restore_inheritance(made.folder(A))


def _rename(made: SharePointInstallation) -> None:
    made.sandbox.library().move(made.folder(A), f"{made.root}/Able")


def _move(made: SharePointInstallation) -> None:
    path = made.folder(A)
    made.sandbox.library().move(path, f"{made.place}/{path.rpartition('/')[2]}")


def _exchange_names(made: SharePointInstallation) -> None:
    library, mine, theirs = made.sandbox.library(), made.folder(A), made.folder(B)
    library.move(mine, f"{made.root}/for a moment")
    library.move(theirs, mine)
    library.move(f"{made.root}/for a moment", theirs)


ACTS: dict[str, Callable[[SharePointInstallation], None]] = {
    "an extra reader": _add_reader,
    "the other recipient as a reader": _add_the_other_recipient,
    "an anonymous link": _share_with_anybody,
    "a link for the organisation": _share_with_the_organisation,
    "inherited readers": _let_it_inherit,
    "another name": _rename,
    "another place": _move,
}


def assert_a_got_nothing_and_b_its_files(made: SharePointInstallation) -> None:
    outcome = made.run(FIRST)
    assert outcome.exit_status == ExitStatus.FOLDER_ACCESS
    assert [(stopped.recipient, stopped.exit_status) for stopped in outcome.published.stopped] == [
        (A, ExitStatus.FOLDER_ACCESS)
    ]
    assert {file.recipient for file in outcome.proved} == {B}
    assert {file.recipient for file in outcome.waiting} == {A}
    # Not even for a moment, wherever the folder is by now.
    assert {name[:6] for name in made.published()} == {B}
    assert not [path for path in made.sandbox.library().files(made.place) if f"_{A}_" in path]


@pytest.mark.parametrize("act", ACTS)
def test_a_folder_that_has_it_gets_nothing(act: str, issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    ACTS[act](made)
    assert_a_got_nothing_and_b_its_files(made)


def test_two_folders_whose_names_were_exchanged_get_nothing(issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    _exchange_names(made)
    outcome = made.run(FIRST)
    assert (outcome.exit_status, outcome.published.placed) == (ExitStatus.FOLDER_ACCESS, 0)
    assert made.published() == {}


def test_once_it_is_put_right_the_next_run_goes_on(sandbox: Sandbox, issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    person = sandbox.people.add_person("curious@owner.test")
    grant = sandbox.library().grant(made.folder(A), "user", person.id)
    made.run(FIRST)
    sandbox.library().withdraw(made.folder(A), grant.id)
    assert made.run(FIRST).exit_status == ExitStatus.OK
    assert made.published() == made.issued()


def test_a_publisher_that_sees_no_grants_goes_by_an_administrators_proof(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    sandbox.owners_only_see_grants = True
    assert made.run(FIRST).exit_status == ExitStatus.OK
    assert made.published() == made.issued()


def test_a_proof_that_is_too_old_is_none(sandbox: Sandbox, issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    sandbox.owners_only_see_grants = True
    made.prove_access(A, looked_at=made.driven.now() - timedelta(hours=24, minutes=1))
    assert_a_got_nothing_and_b_its_files(made)


def test_a_proof_that_found_somebody_else_is_none(sandbox: Sandbox, issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    sandbox.owners_only_see_grants = True
    made.prove_access(A, looked_at=made.driven.now(), is_exact=False)
    assert_a_got_nothing_and_b_its_files(made)


def test_a_folder_without_the_recipients_own_grant_and_without_a_proof_gets_nothing(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    library = sandbox.library()
    grants, _ = library.grants(made.folder(A))
    for grant in grants:
        if grant.kind == "user":
            library.withdraw(made.folder(A), grant.id)
    made.prove_access(A, looked_at=made.driven.now() - timedelta(days=2))
    assert_a_got_nothing_and_b_its_files(made)
