"""What every destination must pass; `ecosmig_publish.destinations.protocol` is the contract.

A destination takes the suite by a test module that imports all of these classes and has a fixture `bench`:

    from tests.destinations.conformance import *  # or each class by its name

    @pytest.fixture
    def bench(tmp_path: Path) -> Bench: ...
"""

from tests.destinations.conformance.access import TestFolderChecks
from tests.destinations.conformance.administering import TestAdministering
from tests.destinations.conformance.anchoring import TestAnchors
from tests.destinations.conformance.bench import Bench
from tests.destinations.conformance.interrupting import TestInterruptions
from tests.destinations.conformance.listing import TestListing
from tests.destinations.conformance.onboarding import TestOnboarding
from tests.destinations.conformance.placing import TestPlacing
from tests.destinations.conformance.racing import TestRacing

__all__ = [
    "Bench",
    "TestAdministering",
    "TestAnchors",
    "TestFolderChecks",
    "TestInterruptions",
    "TestListing",
    "TestOnboarding",
    "TestPlacing",
    "TestRacing",
]
