"""What `python -m tests.crashes.heaviest_morning` sees of a run that was ended, and what it finds wrong."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crashes import morning
from tests.crashes.heaviest_morning import changed, places
from tests.crashes.morning import Seen, Timeline
from tests.installation import Installation, at

EXAMPLE = Path(__file__).parent.parent / "examples" / "data" / "stage-01"
FIVE = tuple(f"ECOSMIG-00{number}" for number in (1, 2, 4, 5, 6))


@pytest.mark.parametrize(
    ("seen", "stage"),
    [
        (Seen((), None, 0, 0, 0, 0), "0 of 5 slots recorded"),
        (Seen((), "ECOSMIG-001", 0, 0, 0, 0), "ECOSMIG-001: rows computed"),
        (Seen(FIVE[:1], "ECOSMIG-002", 3, 9, 0, 0), "ECOSMIG-002: files written"),
        (Seen(FIVE[:2], None, 0, 9, 0, 0), "2 of 5 slots recorded"),
        (Seen(FIVE[:2], None, 0, 9, 4, 0), "2 of 5 slots recorded, files placed"),
        (Seen(FIVE[:1], "ECOSMIG-002", 3, 9, 7, 0), "ECOSMIG-002: files written, others placed"),
        (Seen(FIVE, None, 0, 9, 0, 0), "all slots recorded, nothing placed"),
        (Seen(FIVE, None, 0, 9, 8, 0), "all slots recorded, some files placed"),
        (Seen(FIVE, None, 0, 9, 9, 8), "all files placed, some not proved"),
        (Seen(FIVE, None, 0, 9, 9, 9), "all files placed, all proved"),
    ],
)
def test_what_is_left_says_in_which_stage_the_run_was(seen: Seen, stage: str) -> None:
    assert seen.stage == stage


@pytest.mark.parametrize(
    ("recorded", "left"),
    # Opening takes 2 seconds each time; then what is ahead of the first slot that isn't recorded.
    [((), 2 + 10), (FIVE[:1], 2 + 7), (FIVE, 2 + 3)],
)
def test_a_run_has_left_what_an_undisturbed_one_took_from_the_first_stage_that_is_not_recorded(
    recorded: tuple[str, ...], left: float
) -> None:
    begins = dict(zip((*FIVE, morning.PUBLISHING), (2.0, 5.0, 6.0, 7.0, 8.0, 9.0), strict=True))
    assert Timeline(begins, 12.0).left(Seen(recorded, None, 0, 0, 0, 0)) == left


def test_looking_counts_what_is_recorded_finds_the_attempt_that_nobody_knows_and_changes_nothing(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    made = Installation(home, at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}")
    made.onboard_all()
    assert morning.seen(home) == Seen((), None, 0, 0, 0, 0)
    made.run(at("2024-02-26T06:00:00"))
    issued, expected = len(made.issued()), places(home)
    attempt = home / "state/outbox/ECOSMIG-003_20240302T080000_0123abcd"
    attempt.mkdir()
    (attempt / "ECOSMIG-003_PXX001_1_20240302080000.csv").touch()
    (home / "state/spill").mkdir()
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    seen = morning.seen(home)
    assert (seen.under_way, seen.written) == ("ECOSMIG-003", 1)
    later = morning.seen(home, older={attempt.name})
    assert (later.under_way, later.written) == (None, 0)
    assert (seen.recorded, seen.files, seen.placed, seen.proved) == (FIVE[:2] + FIVE[2:4], issued, issued, issued)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert list(changed(expected, places(home))) == ["state/spill is left behind"]


def test_what_ends_by_itself_is_told_from_what_is_ended() -> None:
    quick = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""], start_new_session=True)
    assert morning.end(quick, signal.SIGKILL, 30)
    still = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    assert not morning.end(still, signal.SIGKILL, 0)
    assert still.returncode == -signal.SIGKILL
    assert still.stdin is not None
    still.stdin.close()
