"""What stands in the way of a whole run: said once, clearly, nothing lost, and the next run completes."""

from __future__ import annotations

import getpass
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus, LedgerError, OutboxError
from tests.installation import Installation, at

if TYPE_CHECKING:
    from ecosmig_publish.workflows.running import RunOutcome

EXAMPLE = Path(__file__).parent.parent / "examples" / "data" / "stage-01"
AS_OF = at("2024-02-26T06:00:00")


def made(home: Path) -> Installation:
    installation = Installation(home, at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}")
    installation.onboard_all()
    return installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return made(tmp_path / "home")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what a run publishes that nothing stands in the way of."""
    installation = made(tmp_path_factory.mktemp("undisturbed"))
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    return installation.published()


def folder_of(installation: Installation, signifier: str) -> Path:
    (folder,) = (installation.home / "published").glob(f"{signifier}*")
    return folder


def hints(outcome: RunOutcome) -> list[str]:
    return [stopped.hint for stopped in outcome.published.stopped]


def test_an_outbox_that_can_t_be_made_is_said_and_no_number_is_used(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    shutil.rmtree(installation.home / "state/outbox", ignore_errors=True)
    (installation.home / "state/outbox").write_text("a file")
    with pytest.raises(OutboxError, match="state/outbox") as refused:
        installation.run(AS_OF)
    assert "move it away" in refused.value.hint
    assert refused.value.exit_status is ExitStatus.FAULT
    (installation.home / "state/outbox").unlink()
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_ledger_below_a_file_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "state").write_text("a file")
    with pytest.raises(LedgerError, match="state") as refused:
        made(home)
    assert refused.value.hint


def test_a_root_that_is_a_file_makes_everything_wait_and_nothing_is_lost(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    root = installation.home / "published"
    root.rename(installation.home / "aside")
    root.write_text("a file")
    outcome = installation.run(AS_OF)
    assert outcome.exit_status is ExitStatus.UNPROVED
    assert len(outcome.waiting) == len(undisturbed)
    assert all(hints(outcome))
    root.unlink()
    (installation.home / "aside").rename(root)
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_folder_that_is_gone_holds_up_its_recipient_alone(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    folder = folder_of(installation, "PXX001")
    folder.rename(installation.home / "aside")
    outcome = installation.run(AS_OF)
    assert outcome.exit_status is ExitStatus.UNPROVED
    of_others = {name: data for name, data in undisturbed.items() if not name.startswith("PXX001/")}
    assert installation.published() == of_others != {}
    (installation.home / "aside").rename(folder)
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_folder_that_became_a_link_gets_nothing_and_ends_with_21(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    folder = folder_of(installation, "PXX001")
    folder.rename(installation.home / "aside")
    folder.symlink_to(installation.home / "aside")
    assert installation.run(AS_OF).exit_status is ExitStatus.FOLDER_ACCESS
    assert list((installation.home / "aside").iterdir()) == []
    folder.unlink()
    (installation.home / "aside").rename(folder)
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_file_that_somebody_changed_in_the_outbox_is_not_published_and_ends_with_22(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    root = installation.home / "published"
    root.rename(installation.home / "aside")
    installation.run(AS_OF)
    (installation.home / "aside").rename(root)
    changed = next((installation.home / "state/outbox").glob("*/ECOSMIG-002_PXX001_1_*"))
    before = changed.read_bytes()
    changed.write_bytes(before.replace(b"00,", b"01,", 1))
    assert installation.run(AS_OF).exit_status is ExitStatus.STREAM_CONFLICT
    assert not any(name.startswith("PXX001/ECOSMIG-002") for name in installation.published())
    changed.write_bytes(before)
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_file_that_is_gone_from_the_outbox_stops_its_stream_and_is_said(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    root = installation.home / "published"
    root.rename(installation.home / "aside")
    installation.run(AS_OF)
    (installation.home / "aside").rename(root)
    lost = next((installation.home / "state/outbox").glob("*/ECOSMIG-002_PXX001_1_*"))
    kept = lost.read_bytes()
    lost.unlink()
    outcome = installation.run(AS_OF)
    assert outcome.exit_status is ExitStatus.UNPROVED
    assert any("backup" in hint for hint in hints(outcome))
    lost.write_bytes(kept)
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_name_that_somebody_took_in_the_folder_stops_its_stream_alone_with_22(
    installation: Installation, undisturbed: dict[str, bytes]
) -> None:
    name = next(name for name in sorted(undisturbed) if name.startswith("PXX001/ECOSMIG-002"))
    taken = folder_of(installation, "PXX001") / name.partition("/")[2]
    taken.write_bytes(b"x" * len(undisturbed[name]))
    assert installation.run(AS_OF).exit_status is ExitStatus.STREAM_CONFLICT
    assert taken.read_bytes() == b"x" * len(undisturbed[name])
    streams = {name[:18] for name in installation.published()}
    assert streams == {name[:18] for name in undisturbed}
    taken.unlink()
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == undisturbed


def test_a_user_without_a_name_can_run_it(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
