"""A dead publisher is noticed by the folders alone, and a silence that is nothing out of the ordinary isn't."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.calendar import due_slots
from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.workflows.watching.headers import MOST
from ecosmig_publish.workflows.watching.rhythm import is_unheard_of
from tests.installation import at
from tests.workflows.watched import FOUR, MINUTES_31, ONE, START, TWO, A, B, C, Folders, late, says

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

TEN_WEEKS_BEFORE = "2026-01-01T07:00:00"
WEDNESDAY, THURSDAY = at("2026-03-11T06:00:00"), at("2026-03-12T06:00:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _weekends() -> set[datetime]:
    """001's slots on Sundays and Mondays, which report on Saturdays and Sundays."""
    slots = due_slots(ONE, after=START, until=at(MINUTES_31))
    return {slot.due_at for slot in slots if slot.due_at.weekday() in (6, 0)}


def _regular(until: str) -> Folders:
    """Every slot of 001 and 002 had files, up to an instant."""
    folders = Folders()
    for report in (ONE, TWO):
        folders.publish(report, TEN_WEEKS_BEFORE, until)
    return folders


@pytest.mark.parametrize("issues_empty", [True, False])
def test_a_publisher_that_died_is_noticed_at_its_first_silent_slot(issues_empty: bool) -> None:  # noqa: FBT001
    folders = _regular("2026-03-11T18:00:00")

    before = folders.watch("2026-03-11T23:59:00")
    after = folders.watch("2026-03-12T00:30:01", issues_empty=issues_empty)

    assert before.overdue == ()
    # Silent: 002 of midnight. Reports that never had a file are late where each party must have one.
    assert late(after)[TWO, None] == (at("2026-03-12T00:00:00"), 1)
    assert (ONE, None) not in late(after)
    assert ((FOUR, None) in late(after)) is issues_empty


def test_the_deadline_itself_is_not_late() -> None:
    folders = _regular("2026-03-11T18:00:00")

    assert folders.watch("2026-03-12T00:30:00").overdue == ()


def test_with_everything_there_nothing_is_late_whether_empty_reports_are_issued_or_not() -> None:
    folders = _regular("2026-03-12T06:00:00")
    for report in set(Report) - {ONE, TWO}:
        folders.publish(report, TEN_WEEKS_BEFORE, "2026-03-12T06:00:00")

    assert set(says(folders.watch(MINUTES_31, issues_empty=True)).values()) == {"up to date"}
    assert folders.watch(MINUTES_31).overdue == ()


def test_a_weekend_without_files_is_quiet_and_a_silent_wednesday_is_late() -> None:
    folders = Folders()
    folders.publish(ONE, TEN_WEEKS_BEFORE, "2026-03-09T06:00:00", but=_weekends())

    assert says(folders.watch("2026-03-09T08:00:00"))[ONE] == "quiet"
    folders.put(Slot(at("2026-03-10T06:00:00"), ONE), A)
    assert says(folders.watch("2026-03-10T08:00:00"))[ONE] == "up to date"
    assert late(folders.watch("2026-03-11T08:00:00")) == {(ONE, None): (WEDNESDAY, 1)}


def test_a_silent_weekday_is_quiet_where_another_report_shows_that_the_publisher_ran_since() -> None:
    folders = Folders()
    folders.publish(ONE, TEN_WEEKS_BEFORE, "2026-03-10T06:00:00", but=_weekends())
    # Never told: whether 001 had nothing to say on this holiday. A run at noon issued whatever was due.
    folders.put(Slot(at("2026-03-11T12:00:00"), TWO), A)

    assert says(folders.watch("2026-03-11T13:00:00"))[ONE] == "quiet"


def test_a_rhythm_that_failed_lately_is_not_trusted() -> None:
    folders = Folders()
    holiday = at("2026-03-03T06:00:00")
    folders.publish(ONE, TEN_WEEKS_BEFORE, "2026-03-10T06:00:00", but=_weekends() | {holiday})

    # The Tuesday of last week was expected to have a file, and had nothing to say.
    assert folders.watch("2026-03-11T08:00:00").overdue == ()


def test_an_irregular_report_is_late_after_more_than_twice_its_longest_silence() -> None:
    folders = Folders()
    slots = list(due_slots(TWO, after=at("2026-03-01T00:00:00"), until=at("2026-03-08T00:00:00")))
    # One slot, then two, without files.
    for number, slot in enumerate(slots):
        if number % 7 not in (1, 4, 5):
            folders.put(slot, A)
    last = slots[27].due_at
    assert 27 % 7 not in (1, 4, 5)

    assert says(folders.watch(f"{last + 4 * 6 * HOUR + HOUR:%Y-%m-%dT%H:%M:%S}"))[TWO] == "quiet"
    assert late(folders.watch(f"{last + 5 * 6 * HOUR + HOUR:%Y-%m-%dT%H:%M:%S}"))[TWO, None] == (last + 6 * HOUR, 5)


def test_a_silence_of_more_than_six_weeks_ago_is_forgotten() -> None:
    folders = Folders()
    silent = {slot.due_at for slot in due_slots(TWO, after=at("2026-01-10T00:00:00"), until=at("2026-01-20T00:00:00"))}
    # A single one lately: the third in a row is more than twice as many.
    silent.add(at("2026-03-05T12:00:00"))
    folders.publish(TWO, TEN_WEEKS_BEFORE, "2026-03-11T12:00:00", but=silent)

    assert folders.watch("2026-03-12T00:31:00").overdue == ()
    assert late(folders.watch(MINUTES_31)) == {(TWO, None): (at("2026-03-11T18:00:00"), 3)}


def test_a_young_installation_is_judged_once_more_than_a_week_of_slots_is_known() -> None:
    folders = Folders()
    folders.publish(TWO, "2026-03-10T00:00:00", "2026-03-11T00:00:00")

    # Four slots with files and 24 silent ones are a week's: it may be the first weekend.
    assert folders.watch("2026-03-17T00:31:00").overdue == ()
    assert late(folders.watch("2026-03-17T06:31:00")) == {(TWO, None): (at("2026-03-11T06:00:00"), 25)}


def test_with_no_file_in_any_folder_every_slot_is_late() -> None:
    folders = Folders({A: {}, B: {"notes.txt": b""}})
    start = at("2026-03-12T00:00:00")

    watched = folders.watch(MINUTES_31, start=start)

    assert late(watched) == {(ONE, None): (THURSDAY, 1), (TWO, None): (THURSDAY, 1)}
    assert watched.empty == (A, B)


def test_slots_up_to_the_start_are_nobodys() -> None:
    assert Folders({A: {}}).watch(MINUTES_31, start=THURSDAY).overdue == ()


def test_a_run_that_caught_up_with_all_slots_leaves_nothing_late() -> None:
    folders = _regular("2026-03-10T06:00:00")
    noon = at("2026-03-12T12:00:00")
    for report in (ONE, TWO):
        for slot in due_slots(report, after=at("2026-03-10T06:00:00"), until=noon):
            folders.put(slot, A, created_at=noon)

    assert folders.watch("2026-03-12T12:31:00").overdue == ()
    # And its slots count as served: one silent slot is out of the ordinary again.
    assert (TWO, None) in late(folders.watch("2026-03-12T18:31:00"))


def test_a_run_that_died_while_it_caught_up_is_told_by_the_headers() -> None:
    folders = _regular("2026-03-10T06:00:00")
    noon = at("2026-03-12T12:00:00")
    for slot in due_slots(TWO, after=at("2026-03-10T06:00:00"), until=at("2026-03-11T00:00:00")):
        folders.put(slot, A, created_at=noon)

    # By their names these files could be of noon's slot.
    assert late(folders.watch("2026-03-12T12:31:00"))[TWO, None] == (at("2026-03-11T06:00:00"), 6)


def test_a_correction_is_not_taken_for_its_days_slot() -> None:
    folders = _regular("2026-03-11T06:00:00")
    folders.put(Slot(at("2026-03-01T06:00:00"), ONE), A, created_at=at("2026-03-12T06:10:00"))

    assert late(folders.watch(MINUTES_31))[ONE, None] == (THURSDAY, 1)


def test_one_header_of_each_report_is_read_where_all_is_well() -> None:
    folders = _regular("2026-03-12T06:00:00")

    watched = folders.watch(MINUTES_31)

    assert (folders.opened, watched.headers) == (2, 2)


def test_many_corrections_cost_no_more_headers_than_the_limit_and_raise_no_alarm() -> None:
    folders = _regular("2026-03-12T06:00:00")
    for number in range(40):
        folders.put(Slot(at("2026-03-01T06:00:00"), ONE), A, created_at=THURSDAY + timedelta(seconds=60 + number))

    watched = folders.watch(MINUTES_31)

    assert watched.overdue == ()
    assert folders.opened == MOST + 1


def test_a_report_that_has_nothing_for_once_while_others_go_on_is_quiet() -> None:
    folders = _regular("2026-03-12T06:00:00")
    folders.put(Slot(at("2026-03-09T06:00:00"), FOUR), A)
    for name in [name for name in folders.files[A] if "ECOSMIG-001" in name and "_20260312" in name]:
        del folders.files[A][name], folders.files[B][name.replace(A, B)]

    assert says(folders.watch(MINUTES_31))[ONE] == "quiet"


@pytest.mark.parametrize(("unseen", "is_late"), [(2, False), (3, True)])
def test_slots_that_another_reports_file_explains_are_no_silence_but_make_a_longer_one_usual(
    unseen: int,
    is_late: bool,  # noqa: FBT001
) -> None:
    # One slot was explained: more than two that aren't are too many.
    assert is_unheard_of([True] * 30, silent=1 + unseen, unseen=unseen, step=7) is is_late


def test_a_report_that_is_silent_for_a_week_while_others_go_on_is_late_for_a_week_and_then_taken_to_have_ended() -> (
    None
):
    folders = _regular("2026-03-11T06:00:00")
    folders.publish(TWO, "2026-03-11T06:00:00", "2026-03-26T06:00:00")

    # 001's first silent slot is the 12th's, its eighth the 19th's, its fifteenth the 26th's.
    days = [f"2026-03-{day}" for day in range(12, 28)]
    says_of_001 = [says(folders.watch(f"{day}T06:31:00"))[ONE] for day in days]

    assert says_of_001 == ["quiet"] * 7 + ["late"] * 7 + ["quiet"] * 2
    # And when the others fall silent too, that is late at once.
    assert late(folders.watch("2026-03-26T12:31:00")) == {(TWO, None): (at("2026-03-26T12:00:00"), 1)}


def test_a_file_that_is_still_to_be_made_is_said_and_no_sign_of_life() -> None:
    folders = _regular("2026-03-11T18:00:00")
    name = folders.put(Slot(at("2027-03-12T06:00:00"), TWO), A)

    watched = folders.watch("2026-03-12T00:31:00")

    assert (TWO, None) in late(watched)
    assert [(it.kind, it.recipient, it.detail) for it in watched.oddities] == [
        ("yet-to-come", A, f"{name} is of an instant yet to come")
    ]


def _no_report(folders: Folders, name: str) -> None:
    folders.files[B][name] = b"not a report\r\n"


def _of_another_number(folders: Folders, name: str) -> None:
    folders.files[B][name.replace("PXX002_", "PXX002_9")] = folders.files[B].pop(name)


def _in_another_folder(folders: Folders, name: str) -> None:
    folders.files[A][name] = folders.files[B].pop(name)


@pytest.mark.parametrize("meddle", [_no_report, _of_another_number, _in_another_folder])
def test_what_is_no_report_of_its_folders_recipient_is_no_sign_of_life(meddle: Callable[[Folders, str], None]) -> None:
    folders = _regular("2026-03-11T18:00:00")
    name = folders.put(Slot(at("2026-03-12T00:00:00"), TWO), B)
    assert folders.watch("2026-03-12T00:31:00").overdue == ()

    meddle(folders, name)

    assert late(folders.watch("2026-03-12T00:31:00"))[TWO, None] == (at("2026-03-12T00:00:00"), 1)


class TestWithEmptyReports:
    """`empty_reports = "issue"`: every party has a file for every slot."""

    def test_a_recipient_that_lacks_files_is_named(self) -> None:
        folders = Folders()
        folders.publish(ONE, "2026-03-01T00:00:00", "2026-03-12T06:00:00", [A])
        folders.publish(ONE, "2026-03-01T00:00:00", "2026-03-10T06:00:00", [B])

        watched = folders.watch(MINUTES_31, issues_empty=True, start=at("2026-03-01T00:00:00"))

        assert late(watched)[ONE, B] == (WEDNESDAY, 2)
        assert (ONE, A) not in late(watched)
        assert (ONE, None) not in late(watched)

    def test_a_new_recipient_is_expected_to_have_what_fell_due_after_its_first_file(self) -> None:
        folders = Folders({C: {}})
        folders.publish(ONE, "2026-03-01T00:00:00", "2026-03-12T06:00:00", [A])
        folders.publish(ONE, "2026-03-11T00:00:00", "2026-03-12T06:00:00", [B])
        # On the 9th, before B's first file.
        folders.publish(FOUR, "2026-03-01T00:00:00", "2026-03-12T06:00:00", [A])

        watched = folders.watch(MINUTES_31, issues_empty=True, start=at("2026-03-01T00:00:00"))

        assert [it for it in watched.overdue if it.recipient] == []
        assert watched.empty == (C,)

    def test_a_party_that_is_no_longer_configured_is_expected_to_have_nothing(self) -> None:
        folders = Folders()
        folders.publish(ONE, "2026-03-01T00:00:00", "2026-03-12T06:00:00", [A])
        folders.publish(ONE, "2026-03-01T00:00:00", "2026-03-05T06:00:00", [B])

        watched = folders.watch(MINUTES_31, issues_empty=True, suppliers=[A, C])

        assert [it for it in watched.overdue if it.recipient] == []
        assert watched.without_folder == (C,)

    def test_a_recipient_whose_part_of_a_run_that_caught_up_is_not_whole_is_named(self) -> None:
        folders = Folders()
        folders.publish(ONE, "2026-03-01T00:00:00", "2026-03-08T06:00:00")
        noon = at("2026-03-12T12:00:00")
        for slot in due_slots(ONE, after=at("2026-03-08T06:00:00"), until=noon):
            folders.put(slot, A, created_at=noon)
            if slot.due_at < WEDNESDAY:
                folders.put(slot, B, created_at=noon)

        watched = folders.watch("2026-03-12T12:31:00", issues_empty=True, start=at("2026-03-01T00:00:00"))

        assert late(watched)[ONE, B] == (WEDNESDAY, 2)


def test_a_gap_in_the_numbers_is_said_and_makes_nothing_late() -> None:
    folders = _regular("2026-03-12T06:00:00")
    del folders.files[A][sorted(folders.files[A])[2]]

    watched = folders.watch(MINUTES_31)

    (oddity,) = watched.oddities
    assert (oddity.kind, oddity.recipient) == ("gap", A)
    assert watched.overdue == ()


def test_a_stream_that_was_taken_over_may_begin_with_any_number() -> None:
    folders = Folders()
    folders.publish(ONE, TEN_WEEKS_BEFORE, "2026-03-12T06:00:00", [B])
    for name in sorted(folders.files[B], key=lambda it: int(it.split("_")[2]))[:20]:
        del folders.files[B][name]

    assert folders.watch(MINUTES_31).oddities == ()
