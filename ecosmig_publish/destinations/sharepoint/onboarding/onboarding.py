"""`FolderOnboarding` on a SharePoint library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.names import folder_name
from ecosmig_publish.destinations.protocol import Folder, FolderAccess, Offboarded, Onboarded, OnboardingPlan
from ecosmig_publish.destinations.sharepoint.onboarding.faults import NoReadersError, UnknownPeopleError
from ecosmig_publish.destinations.sharepoint.onboarding.folders import Folders
from ecosmig_publish.destinations.sharepoint.onboarding.grants import Grants, by_hand, findings
from ecosmig_publish.destinations.sharepoint.onboarding.people import Recipients
from ecosmig_publish.destinations.sharepoint.onboarding.removing import remove_file
from ecosmig_publish.destinations.sharepoint.placing.names import checked_name
from ecosmig_publish.errors import FolderAccessError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.destinations.sharepoint.onboarding.grants import Look
    from ecosmig_publish.destinations.sharepoint.onboarding.people import Directory, Principal
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.fingerprint import Fingerprint


class SharePointOnboarding:
    """Makes recipients' folders and sees to it that they alone, and the owner's own, can read them.

    `recipients` says whom each folder is for. Guests are invited only with `invite_guests`.
    """

    def __init__(
        self,
        library: Library,
        directory: Directory,
        recipients: Mapping[Signifier, Recipients],
        owners: frozenset[str],
        *,
        invite_guests: bool = False,
    ) -> None:
        self._library = library
        self._directory = directory
        self._recipients = recipients
        self._invite_guests = invite_guests
        self._grants = Grants(library, owners)
        self._folders = Folders(library)

    def knows_readers(self, signifier: Signifier) -> bool:
        """See `FolderOnboarding`."""
        return bool(self._readers_of(signifier).configured)

    def plan(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> OnboardingPlan:
        """See `FolderOnboarding`."""
        principals, unknown = self._principals(signifier)
        item = self._folders.pinned(pinned) if pinned else self._folders.only_one_of(signifier)
        guests, unknown_left = self._to_invite(signifier, unknown)
        if item is None:
            return OnboardingPlan(
                signifier,
                "make",
                None,
                folder_name(signifier, party_name),
                grants=(*(principal.configured for principal in principals), *guests),
                guests=guests,
                unknown=unknown_left,
            )
        look = self._grants.look(item.id, item.name, principals)
        again = look.excessive or (look.inherits and not look.is_right)
        granted = principals if again else look.missing
        return OnboardingPlan(
            signifier,
            "keep" if pinned else "take over",
            item.id,
            item.name,
            grants=(*(principal.configured for principal in granted), *guests),
            withdrawals=tuple(grantee.shown for grantee in (*look.foreign, *look.excessive)),
            guests=guests,
            unknown=unknown_left,
            remarks=self._remarks(item, pinned),
            access=self._access(look, signifier, unknown, self._remarks(item, pinned)),
        )

    def onboard(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> Onboarded:
        """See `FolderOnboarding`. Nothing is made before it is known whom to grant."""
        principals, unknown = self._principals(signifier)
        to_invite, unknown_left = self._to_invite(signifier, unknown)
        if unknown_left:
            raise UnknownPeopleError(
                f"not in the directory: {', '.join(unknown_left)}; nothing was changed",
                hint=_hint_of_unknown(signifier, self._readers_of(signifier)),
            )
        item, made = self._folders.pinned(pinned) if pinned else self._folders.only_one_of(signifier), False
        if item is None:
            self._folders.lay_out()
            item, made = self._folders.make(folder_name(signifier, party_name), signifier)
        guests = [self._directory.invite_guest(who, self._library.address.site_url) for who in to_invite]
        everyone = (*principals, *guests)
        look = self._grants.make_right(item.id, item.name, everyone)
        access = self._access(look, signifier, (), self._remarks(item, pinned))
        if access.findings:
            raise FolderAccessError(f"{item.name}: {'; '.join(access.findings)}", hint=by_hand())
        return Onboarded(pinned or Folder(signifier, item.id, item.name), made, access)

    def access(self, folder: Folder) -> FolderAccess:
        """See `FolderOnboarding`."""
        item = self._folders.pinned(folder)
        principals, unknown = self._directory.principals(self._readers_of(folder.signifier))
        look = self._grants.look(item.id, item.name, principals)
        return self._access(look, folder.signifier, unknown, self._remarks(item, folder))

    def offboard(self, folder: Folder) -> Offboarded:
        """See `FolderOnboarding`; what the folder inherits can only be withdrawn by hand."""
        item = self._folders.pinned(folder)
        before = self._grants.look(item.id, item.name, ())
        self._grants.withdraw_all(item.id, item.name, before.foreign)
        after = self._grants.look(item.id, item.name, ())
        if after.foreign:
            left = "; ".join(grantee.shown for grantee in after.foreign)
            raise FolderAccessError(f"{item.name}: can still be read by {left}", hint=by_hand())
        access = FolderAccess(after.readers, after.shown, (), (), self._remarks(item, folder), is_exact=False)
        gone = tuple(reader for reader in before.readers if reader not in after.readers)
        return Offboarded(tuple(grantee.shown for grantee in before.foreign), access, gone)

    def remove_file(self, folder: Folder, name: str, item_id: str | None, fingerprint: Fingerprint) -> bool:
        """See `FolderOnboarding`; the site's recycle bin keeps it for a while."""
        self._folders.pinned(folder)
        return remove_file(self._library, folder, checked_name(name), item_id, fingerprint)

    def folders(self) -> list[str]:
        """See `FolderOnboarding`."""
        return sorted(item.name for item in self._folders.standing())

    def _readers_of(self, signifier: Signifier) -> Recipients:
        return self._recipients.get(signifier, Recipients())

    def _principals(self, signifier: Signifier) -> tuple[tuple[Principal, ...], tuple[str, ...]]:
        if not self.knows_readers(signifier):
            raise NoReadersError(
                f"{signifier}: neither users nor a group is configured for it",
                hint=f'Add [[suppliers]] with signifier = "{signifier}" and users = ["…"] or group = "…".',
            )
        return self._directory.principals(self._readers_of(signifier))

    def _to_invite(self, signifier: Signifier, unknown: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return whom to invite and who stays unknown: a group, or who has no mail, can't be invited."""
        if not self._invite_guests or self._readers_of(signifier).group:
            return (), unknown
        return tuple(who for who in unknown if "@" in who), tuple(who for who in unknown if "@" not in who)

    def _access(
        self, look: Look, signifier: Signifier, unknown: Sequence[str], remarks: tuple[str, ...]
    ) -> FolderAccess:
        found = findings(look, unknown)
        expected = self._readers_of(signifier).configured
        if not expected:
            remarks += ("nobody is configured to read it",)
        return FolderAccess(look.readers, look.shown, expected, found, remarks, is_exact=bool(expected) and not found)

    def _remarks(self, item: Item, folder: Folder | None) -> tuple[str, ...]:
        """Return what is worth knowing of a folder that stands."""
        if folder is None:
            return ()
        remarks = []
        if item.name != folder.name:
            remarks.append(f"was renamed to {item.name!r}; it is known by its id")
        others = [other.name for other in self._folders.of(folder.signifier) if other.id != folder.id]
        if others:
            remarks.append(f"another folder carries the signifier too, and gets nothing: {', '.join(sorted(others))}")
        return tuple(remarks)


def _hint_of_unknown(signifier: Signifier, recipients: Recipients) -> str:
    if recipients.group:
        return "Check the group's object id or mail in the configuration against Entra, Groups."
    return f"Check how they are written, or invite them as guests: ecosmig supplier onboard {signifier} --invite"
