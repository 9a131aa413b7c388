"""An administrator's side of SharePoint passes the conformance suite, on the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.sharepoint.onboarding import Recipients, SharePointOnboarding, open_onboarding
from tests.destinations.conformance import Bench, TestAdministering, TestOnboarding
from tests.destinations.sharepoint.stand import OWNERS, RECIPIENTS, Stand, mail_of
from tests.destinations.sharepoint.test_sharepoint_conforms import SharePointBench
from tests.destinations.sharepoint_onboarding.place import Place

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

__all__ = ["TestAdministering", "TestOnboarding"]


class OnboardingBench(SharePointBench):
    """The publisher of the other suite, and an administrator who signs in as an administrator does."""

    def administrator(self) -> SharePointOnboarding:
        stand = self._stand
        place = Place(stand.sandbox, stand.driven)
        place.root, place.staging = stand.root, stand.staging
        return open_onboarding(
            place.connection(),
            {signifier: Recipients(users=(mail_of(signifier),)) for signifier in RECIPIENTS},
            owners=(OWNERS,),
            timing=stand.driven.timing(),
        )


@pytest.fixture
def bench(socket_enabled: None, sandbox: Sandbox, driven: DrivenTime) -> Bench:  # noqa: ARG001 - loopback
    driven.begin_anew()
    for signifier in RECIPIENTS:
        sandbox.people.add_person(mail_of(signifier), guest=True)
    return OnboardingBench(Stand(sandbox, driven))
