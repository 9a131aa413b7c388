"""Whatever Graph answers: an error of the destination with something to do next, no token elsewhere, an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.sharepoint.access import Readers, compare_access
from ecosmig_publish.destinations.sharepoint.changes import changes_since, latest_token
from ecosmig_publish.destinations.sharepoint.destination import SharePointDestination
from ecosmig_publish.destinations.sharepoint.graph.calls import error_code
from ecosmig_publish.destinations.sharepoint.guard import Guard
from ecosmig_publish.destinations.sharepoint.library import parse_item
from ecosmig_publish.destinations.sharepoint.onboarding import Recipients, SharePointOnboarding
from ecosmig_publish.destinations.sharepoint.onboarding.people import Directory
from ecosmig_publish.destinations.sharepoint.placing.placing import Placing
from ecosmig_publish.destinations.sharepoint.probing import StagingTrial, service_time
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import DestinationError, FolderAccessError
from tests.destinations.conformance.bench import Sample, sample
from tests.fuzz.examples import fuzzed, refusal
from tests.fuzz.graph_answers import GUID, right_answer, spoiling
from tests.fuzz.json_shapes import ANYTHING
from tests.fuzz.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.destinations.sharepoint.library import Library

SIGNIFIER = Signifier("PXX001")
FOLDER = Folder(SIGNIFIER, "F", "PXX001 Alpha")
READERS = {SIGNIFIER: Readers(frozenset({"reader@x.test"}), frozenset({"owner@x.test"}))}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("small"), b"abc")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("large"), b"a" * (4 << 20) + b"b")


def destination(library: Library) -> SharePointDestination:
    guard = Guard(
        library,
        READERS,
        proved_at=lambda _folder: None,
        proof_max_age=timedelta(hours=1),
        now=lambda: datetime.now(UTC),
    )
    return SharePointDestination(library, guard)


def onboarding(library: Library, *, group: bool) -> SharePointOnboarding:
    whom = Recipients(group=GUID) if group else Recipients(("reader@x.test",))
    owners = frozenset({"owner@x.test"})
    return SharePointOnboarding(library, Directory(library.graph), {SIGNIFIER: whom}, owners, invite_guests=True)


def try_out(library: Library) -> None:
    with StagingTrial(library) as trial:
        trial.sweep(datetime.now(UTC))
        trial.write()
        trial.read_back()
        trial.compare_hash()
        trial.move()
        trial.refuse_taken_name()
        trial.may_grant()
        trial.remove()


def listed(library: Library) -> None:
    for one in destination(library).listing(FOLDER):
        one.hash()


READING: dict[str, Callable[[Library], object]] = {
    "places": lambda library: library.located(),
    "item": lambda library: destination(library).item("I"),
    "listing": listed,
    "bytes": lambda library: b"".join(destination(library).read(FOLDER, "a.csv")),
    "latest": latest_token,
    "changes": lambda library: changes_since(library, "/drives/D/root/delta?token=x"),
    "readers": lambda library: destination(library).check_folder(FOLDER),
    "sweep": lambda library: destination(library).sweep(FOLDER),
    "time": service_time,
    "trial": try_out,
    "plan": lambda library: onboarding(library, group=False).plan(SIGNIFIER, "Alpha", None),
    "onboard a person": lambda library: onboarding(library, group=False).onboard(SIGNIFIER, "Alpha", None),
    "onboard a group": lambda library: onboarding(library, group=True).onboard(SIGNIFIER, "Beta", None),
    "access": lambda library: onboarding(library, group=False).access(FOLDER),
    "offboard": lambda library: onboarding(library, group=False).offboard(FOLDER),
}
ALLOWED = (DestinationError, FolderAccessError)


@pytest.mark.parametrize("what", READING)
def test_any_answers_end_in_a_result_or_an_error_of_the_destination(what: str) -> None:
    @fuzzed(40)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        service = Service(spoiling(data))
        refusal(lambda: READING[what](service.library()), *ALLOWED)
        service.wire.check_token_stayed()

    holds()


@pytest.mark.parametrize("size", ["small", "large"])
def test_any_answers_while_a_file_is_placed_end_in_a_placed_file_or_an_error(
    size: str, request: pytest.FixtureRequest
) -> None:
    file: Sample = request.getfixturevalue(size)

    @fuzzed(40)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        service = Service(spoiling(data, file))
        placing = Placing(service.library(), "0123456789ab")
        refusal(lambda: placing.place(FOLDER, "a.csv", file.path, file.fingerprint), *ALLOWED)
        service.wire.check_token_stayed()

    holds()


ITEM = (
    "id",
    "name",
    "size",
    "file",
    "folder",
    "parentReference",
    "createdDateTime",
    "lastModifiedBy",
    "lastModifiedDateTime",
    "eTag",
)


@pytest.mark.parametrize("what", [name for name in READING if name not in ("trial", "onboard a group", "offboard")])
def test_a_service_in_order_is_understood(what: str) -> None:
    service = Service(right_answer)
    assert refusal(lambda: READING[what](service.library()), *ALLOWED) is None


@fuzzed(80)
@given(
    st.dictionaries(
        st.sampled_from(ITEM),
        ANYTHING,
    )
)
def test_anything_is_read_as_an_item_that_can_be_printed(document: dict[str, object]) -> None:
    item = parse_item(document)
    assert item.size >= -1
    assert f"{item.modified_at:%Y}" if item.modified_at else True


@fuzzed(80)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(("id", "roles", "link", "grantedToV2", "grantedTo", "grantedToIdentitiesV2", "invitation")),
            ANYTHING,
        ),
        max_size=3,
    )
)
def test_permissions_that_make_no_sense_never_count_as_nobody(permissions: list[dict[str, object]]) -> None:
    verdict = compare_access(permissions, READERS[SIGNIFIER])
    named = len(verdict.strangers) + len(verdict.open_links) + len(verdict.recipients) + len(verdict.owners)
    empty_links = [one for one in permissions if isinstance(one.get("link"), dict)]
    assert named or not permissions or empty_links


@fuzzed()
@given(st.dictionaries(st.sampled_from(("error", "code")), ANYTHING))
def test_anything_has_an_error_code_that_is_a_text(document: dict[str, object]) -> None:
    assert isinstance(error_code(document), str)
