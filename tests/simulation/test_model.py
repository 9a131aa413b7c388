"""Short stories of the stateful model; `python -m tests.simulation --stories 1000` tells as many as you like."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.model import FolderModel, SharePointModel
from tests.simulation.telling import told


def test_whatever_happens_every_folder_holds_what_it_must_and_never_held_anything_else() -> None:
    run_state_machine_as_test(FolderModel, settings=told(stories=3, steps=14))


@pytest.mark.enable_socket
def test_whatever_happens_every_library_folder_holds_what_it_must_and_never_held_anything_else() -> None:
    run_state_machine_as_test(SharePointModel, settings=told(stories=3, steps=14))
