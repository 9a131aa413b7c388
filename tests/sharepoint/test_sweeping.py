"""What a sweep may take: what is still in staging when it is taken, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations import Folder
from ecosmig_publish.emrr.terms import Signifier
from tests.workflows.made import A, B

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]

STAGED = f"{B}-0123456789ab-0123456789abcdef.part"


def test_a_file_that_another_publisher_moves_into_its_folder_meanwhile_is_not_swept(
    issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    library = made.sandbox.library()
    library.put(f"{made.staging}/{STAGED}", b"bytes")
    with made.ledger() as ledger:
        folders = [Folder(it.signifier, it.folder_id, it.name) for it in ledger.folders().values()]
        publisher = made.wiring().publishing(ledger)
        (of_a,) = (folder for folder in folders if folder.signifier == Signifier(A))
        (of_b,) = (folder for folder in folders if folder.signifier == Signifier(B))
        # What is staged is listed here, once for all folders.
        publisher.sweep(of_a)
        library.move(f"{made.staging}/{STAGED}", f"{made.folder(B)}/final.csv")
        publisher.sweep(of_b)
    assert made.published() == {f"{B}/final.csv": b"bytes"}


def test_what_a_dead_publisher_left_in_staging_is_swept(issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    made.sandbox.library().put(f"{made.staging}/{STAGED}", b"bytes")
    with made.ledger() as ledger:
        publisher = made.wiring().publishing(ledger)
        for entry in ledger.folders().values():
            publisher.sweep(Folder(entry.signifier, entry.folder_id, entry.name))
    assert made.staged() == []
