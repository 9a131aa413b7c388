"""SharePoint, proved by doing: sign-in, library, staging, rights and excess rights, who can read staging, the clock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.access import Readers, compare_access
from ecosmig_publish.destinations.sharepoint.onboarding.grants import read_permissions
from ecosmig_publish.destinations.sharepoint.opening import open_library
from ecosmig_publish.destinations.sharepoint.probing import StagingTrial, service_time, sign_in
from ecosmig_publish.errors import EcosmigError
from ecosmig_publish.workflows.doctor.checks import Level, attempt, failed, finding, good, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.destinations.sharepoint import Connection, SharePointDestination, Timing
    from ecosmig_publish.destinations.sharepoint.library import Library
    from ecosmig_publish.workflows.doctor.checks import Check

APART, FAR_APART = 10.0, 60.0
"""Seconds between this machine's clock and the service's: Entra refuses sign-ins from five minutes on."""
_TWO_APPS = "Give publishing an app of its own: Sites.Selected and the role write; [destination.sharepoint.onboarding]"


def check_sign_in(name: str, connection: Connection, timing: Timing | None, *, publishes: bool) -> Iterator[Check]:
    """Get a token; a publisher's that opens more than the one site is a finding."""
    try:
        signed_in = sign_in(connection, timing)
    except EcosmigError as error:
        yield failed(name, error)
        return
    roles = "unknown" if signed_in.roles is None else ", ".join(sorted(signed_in.roles)) or "none"
    yield good(name, f"app {connection.identity.client_id or '(managed)'} signs in; its permissions: {roles}")
    if publishes and signed_in.excess:
        says = f"the publisher's token opens more than this one site: {', '.join(signed_in.excess)}"
        yield finding("excess permissions", says, f"Withdraw them in Entra. {_TWO_APPS}")


def check_library(connection: Connection, timing: Timing | None, now: Callable[[], datetime]) -> Iterator[Check]:
    """Find site, library and the two folders, then take a file of our own through staging and away again."""
    library, address = open_library(connection, timing), connection.address
    steps: tuple[tuple[str, Callable[[], object], str], ...] = (
        ("site and library", library.drive_id, f"{address.site_url}, library {address.library}"),
        ("library's folders", library.located, f"{address.root_folder!r} and {address.staging_folder!r} are there"),
    )
    for name, act, says in steps:
        check = attempt(name, partial(_done, act, says))
        yield check
        if check.level is Level.FINDING:
            return
    yield _clock(library, now)
    yield from _trial(library, now())


def check_staging_readers(
    connection: Connection, timing: Timing | None, recipients: frozenset[str], owners: frozenset[str]
) -> Check:
    """Look who can read the staging folder: no recipient may, as files stand there before they are theirs."""
    name, library = "staging readers", open_library(connection, timing)
    try:
        staging = library.located().staging_id
        verdict = compare_access(
            read_permissions(library, staging, library.address.staging_folder), Readers(recipients, owners)
        )
    except EcosmigError as error:
        return failed(name, error)
    crowds = tuple(grantee for grantee in verdict.strangers if grantee.is_everybody)
    wrong = [grantee.shown for grantee in (*verdict.recipients, *verdict.open_links, *crowds)]
    if wrong:
        step = "Take their access away from the library and from the staging folder."
        return finding(name, f"can read files before they are published: {'; '.join(wrong)}", step)
    if verdict.strangers:
        others = "; ".join(grantee.shown for grantee in verdict.strangers)
        step = "Make sure that no recipient's people are among them, or list them in destination.sharepoint.owners."
        return warning(name, f"beside the owner's own: {others}", step)
    if not verdict.owners:
        step = "Run it where [destination.sharepoint.onboarding] signs in as an administrator."
        return warning(name, "this identity is not shown who can read the staging folder", step)
    return good(name, "the owner's own alone")


def check_who_proves(destination: SharePointDestination, folder: Folder) -> Check:
    """Say whether the publisher sees by itself who reads a folder, or needs an administrator's proof."""
    name = "who proves access"
    try:
        sees = destination.access(folder).shows_recipient
    except EcosmigError as error:
        return failed(name, error)
    if sees:
        return good(name, "the publisher sees by itself who can read the folders")
    return good(name, "the publisher isn't shown the grants: an administrator's supplier access proves them")


def _clock(library: Library, now: Callable[[], datetime]) -> Check:
    name = "clock"
    try:
        before, theirs, after = now(), service_time(library), now()
    except EcosmigError as error:
        return failed(name, error)
    if theirs is None:
        return warning(name, "the service doesn't say what time it is", "Compare this machine's clock by hand.")
    # The header has whole seconds, and was written somewhere between our two looks.
    apart = max((before - theirs).total_seconds() - 1.0, (theirs - after).total_seconds(), 0.0)
    says = f"this machine and the service are {apart:.0f} s apart"
    step = "Set this machine's clock (timedatectl, chronyc tracking)."
    if apart > FAR_APART:
        return finding(name, says, step)
    return warning(name, says, step) if apart > APART else good(name, says)


def _trial(library: Library, now: datetime) -> Iterator[Check]:
    with StagingTrial(library) as trial:
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("staging write", lambda: f"two files of {trial.write():,} bytes"),
            ("staging read", lambda: _done(trial.read_back, "the same bytes come back")),
            ("staging hash", lambda: _done(trial.compare_hash, "the service's quickXorHash is that of the bytes")),
            ("staging move", lambda: _done(trial.move, "a file moves into a folder")),
            ("taken name", lambda: _done(trial.refuse_taken_name, "a move to a name that is taken is refused")),
        )
        for name, act in steps:
            check = attempt(name, act)
            yield check
            if check.level is Level.FINDING:
                break
        else:
            yield _excess(trial)
        yield attempt("removal", lambda: _removed(trial, now))


def _excess(trial: StagingTrial) -> Check:
    name = "excess rights"
    try:
        may_grant = trial.may_grant()
    except EcosmigError as error:
        return failed(name, error)
    if may_grant:
        return finding(name, "the publisher may grant others access to folders", f"It needs write alone. {_TWO_APPS}")
    return good(name, "the publisher may not grant anybody access")


def _removed(trial: StagingTrial, now: datetime) -> str:
    trial.remove()
    swept = trial.sweep(now)
    return "its own files are gone again" + (f", and {swept} of an earlier trial" if swept else "")


def _done(act: Callable[[], object], says: str) -> str:
    act()
    return says
