"""The page: a letter for each recipient and slot, the gravest first, nothing personal, nothing from a network."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import zlib
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.evidence.page import Picture, concerns_of, picture_of
from ecosmig_publish.evidence.page.rendering import render_page
from ecosmig_publish.evidence.page.states import State
from ecosmig_publish.ledger import Finding, FolderEntry, OpenHold, RecordedFile, RecordedReceipt, RecordedSlot

if TYPE_CHECKING:
    from pathlib import Path

DUE = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO = Signifier("PXX001"), Signifier("PXX002")
CHROMIUM = shutil.which("chromium")
DEVICE, MPXN = "00-DB-12-34-56-78-90-A0", "1200034567389"


def _slot(due_at: datetime = DUE, report: Report = Report.ECOSMIG_001, reason: str | None = None) -> RecordedSlot:
    slot = Slot(due_at, report)
    outcome = "issued" if reason is None else "skipped"
    values: dict[str, Any] = {
        "slot": slot,
        "period": period_of(slot),
        "cut_off": due_at,
        "generated_at": due_at,
        "outcome": outcome,
        "reason": reason,
        "issues": 0,
        "files": 0,
        "rows": 0,
        "held": 0,
        "problems": 0,
    }
    return RecordedSlot(**values)


def _file(recipient: Signifier = ONE, *, due_at: datetime = DUE, **known: Any) -> RecordedFile:
    # Whatever else is known of a file doesn't matter here.
    values: dict[str, Any] = {field.name: None for field in fields(RecordedFile)}
    values |= {"report": Report.ECOSMIG_001, "due_at": due_at, "recipient": recipient, "sequence": 1, "part": 1}
    values |= {"name": f"ECOSMIG-001_{recipient}_1_20260302060000.csv", "rows": 5, **known}
    return RecordedFile(**values)


def _picture(
    *files: RecordedFile,
    made_at: datetime = DUE + 2 * HOUR,
    slots: tuple[RecordedSlot, ...] = (),
    due: tuple[Slot, ...] = (),
    name: str = "Example Energy",
) -> Picture:
    return picture_of(
        slots=slots or (_slot(),),
        files=files,
        folders={ONE: FolderEntry(ONE, "id", f"{ONE} {name}", name, DUE)},
        due=due,
        made_at=made_at,
        deadline=HOUR,
    )


def _state(picture: Picture, recipient: Signifier = ONE) -> State:
    return picture.state(picture.grids[0], recipient, 0)


def _data(page: str) -> Any:
    packed = re.search(r'id="data">([^<]*)<', page)
    assert packed is not None
    return json.loads(zlib.decompress(base64.b64decode(packed[1])))


@pytest.mark.parametrize(
    ("known", "made_at", "state"),
    [
        ({"published_at": DUE, "proved_at": DUE + HOUR}, DUE + 2 * HOUR, State.PROVED),
        ({"published_at": DUE, "proved_at": DUE + HOUR + timedelta(seconds=1)}, DUE + 2 * HOUR, State.LATE),
        ({}, DUE + HOUR, State.WAITING),
        ({}, DUE + HOUR + timedelta(seconds=1), State.OVERDUE),
        ({"published_at": DUE}, DUE + 2 * HOUR, State.OVERDUE),
        ({"conflict": "another file stands there"}, DUE, State.CONFLICT),
    ],
)
def test_an_issue_is_what_its_instants_say(known: dict[str, Any], made_at: datetime, state: State) -> None:
    assert _state(_picture(_file(**known), made_at=made_at)) is state


def test_a_recipient_without_a_folder_is_told_as_such() -> None:
    assert _state(_picture(_file(TWO)), TWO) is State.NO_FOLDER


def test_what_the_brake_holds_is_told_as_such() -> None:
    assert _state(_picture(_file(brake="40 times as many rows as ever"))) is State.BRAKED


def test_what_was_withdrawn_is_told_as_such_whether_it_was_proved_or_not() -> None:
    states = [_state(_picture(_file(withdrawn_at=DUE, proved_at=proved_at))) for proved_at in (DUE, None)]

    assert states == [State.WITHDRAWN, State.WITHDRAWN]


def test_a_slot_without_rows_for_a_recipient_is_nothing() -> None:
    assert _state(_picture(_file(TWO)), ONE) is State.NOTHING


def test_a_slot_that_is_due_and_not_issued_is_so_for_everybody() -> None:
    later = DUE + timedelta(days=1)
    picture = _picture(_file(), due=(Slot(later, Report.ECOSMIG_001),))

    assert picture.state(picture.grids[0], ONE, 1) is State.NOT_ISSUED


def test_an_issue_of_several_files_is_as_its_worst() -> None:
    done: dict[str, Any] = {"published_at": DUE, "proved_at": DUE}
    picture = _picture(_file(part=1, **done), _file(part=2, sequence=2))

    issue = picture.grids[0].issues[ONE][0]
    assert (issue.state, issue.files, issue.rows, issue.proved_at) == (State.OVERDUE, 2, 10, None)


def test_a_later_issue_of_a_slot_takes_the_place_of_the_earlier() -> None:
    done: dict[str, Any] = {"published_at": DUE, "proved_at": DUE}
    picture = _picture(_file(sequence=1), _file(sequence=9, **done))

    assert (picture.grids[0].issues[ONE][0].first, _state(picture)) == (9, State.PROVED)


def test_the_gravest_comes_first_and_then_the_oldest() -> None:
    week = timedelta(days=7)
    holds = [OpenHold(Report.ECOSMIG_001, "attempt:1", ("no-device",), None, DUE - 4 * week, DUE)]
    picture = _picture(
        _file(sequence=2),
        _file(TWO, due_at=DUE - week),
        slots=(_slot(DUE - week), _slot()),
    )

    concerns = concerns_of(picture, holds, ())

    assert [(concern.recipient, concern.since) for concern in concerns] == [
        (TWO, DUE - week),
        (ONE, DUE),
        (None, DUE - 4 * week),
    ]
    assert concerns[0].command == "ecosmig supplier onboard PXX002"
    assert concerns[2].what == "ECOSMIG-001: 1 row is held, no-device"


def test_a_streams_waiting_issues_are_one_concern_with_the_oldest_number() -> None:
    days = [DUE + timedelta(days=day) for day in range(3)]
    files = [_file(due_at=day, sequence=4 + place) for place, day in enumerate(days)]

    concerns = concerns_of(_picture(*files, slots=tuple(map(_slot, days)), made_at=days[2] + 2 * HOUR), (), ())

    assert [(concern.what, concern.since) for concern in concerns] == [
        ("ECOSMIG-001 number 4, and 2 more, is not proved in its folder", DUE)
    ]


def test_a_dead_publisher_is_the_gravest_of_all() -> None:
    picture = _picture(due=(Slot(DUE + timedelta(days=1), Report.ECOSMIG_001),), made_at=DUE + timedelta(days=2))

    concerns = concerns_of(picture, (), ())

    assert [(concern.weight, concern.what) for concern in concerns] == [
        ("grave", "ECOSMIG-001: a slot is due and not issued")
    ]


def test_a_finding_is_a_concern_for_a_week() -> None:
    findings = [Finding(DUE - timedelta(days=8), "old", {}), Finding(DUE, "behind-cut-off", {"rows_then": 1})]

    concerns = concerns_of(_picture(_file(published_at=DUE, proved_at=DUE)), (), findings)

    assert [concern.what for concern in concerns] == ["finding: behind-cut-off"]


def test_the_page_says_of_the_last_day_what_came_of_it_and_for_whom_it_is_open() -> None:
    old = DUE - timedelta(days=2)
    picture = _picture(
        _file(sequence=1, due_at=old, published_at=old, proved_at=old),
        _file(sequence=2),
        _file(TWO, sequence=1, published_at=DUE, proved_at=DUE),
        slots=(_slot(old), _slot()),
    )

    page = render_page(picture, concerns_of(picture, (), ()), head="")

    tiles = re.findall(r'<div class="tile[^"]*"><b>([\d,]+)</b>', page)
    assert tiles == ["2", "1", "0", "1"]
    assert re.findall(r'data-find="(\w+)">PXX001 Example Energy', page) == ["PXX001"]


def test_the_packed_data_are_the_picture() -> None:
    picture = _picture(_file(sequence=7, published_at=DUE + timedelta(seconds=20), proved_at=DUE + HOUR))

    grid = _data(render_page(picture, (), head=""))["grids"][0]

    assert grid["cells"] == ["p"]
    assert grid["issues"] == [[[0, 7, 1, 5, 20, 3600, 0]]]
    assert grid["due"] == [int(DUE.timestamp())]


def test_whether_an_issue_was_seen_is_said_and_where_nothing_is_known_that() -> None:
    files = [
        # Two files of one issue: what is least known of them is what is known of it.
        _file(file_id=1, sequence=1, published_at=DUE, proved_at=DUE),
        _file(file_id=2, sequence=2, part=2, published_at=DUE, proved_at=DUE),
        _file(TWO, file_id=3, published_at=DUE, proved_at=DUE),
    ]
    said = {1: "yes", 2: "opened"}
    receipts = {number: RecordedReceipt(number, seen, None, None, None, DUE, DUE) for number, seen in said.items()}
    picture = picture_of(
        slots=[_slot()], files=files, folders={}, due=(), made_at=DUE, deadline=HOUR, receipts=receipts
    )

    page = render_page(picture, (), head="")

    assert [issue[0][6] for issue in _data(page)["grids"][0]["issues"]] == [2, 0]
    assert "Of 2 issues" in page
    assert "0 seen by the recipient, 1 opened, SharePoint doesn't say by whom; 0 not opened yet; 1 unknown: " in page


def test_no_device_and_no_meter_point_stand_in_the_page() -> None:
    holds = [OpenHold(Report.ECOSMIG_006, f"gpf:{DEVICE}", ("empty:mpxn",), "PXX001", DUE, DUE)]
    findings = [Finding(DUE, "behind-cut-off", {"about": f"{DEVICE} {MPXN}"})]
    picture = _picture(_file(conflict=f"holds {DEVICE} and {MPXN}"))

    page = render_page(picture, concerns_of(picture, holds, findings), head="")

    for text in (page, json.dumps(_data(page))):
        assert DEVICE not in text
        assert MPXN not in text


def test_a_hostile_name_stays_text() -> None:
    hostile = '</script><img src=x onerror="alert(1)">{{ 7 * 7 }}'
    picture = _picture(_file(), name=hostile)

    page = render_page(picture, concerns_of(picture, (), ()), head="")

    assert "<img" not in page
    assert "&lt;img src=x" in page
    assert "{{ 7 * 7 }}" in page
    assert page.count("</script>") == 2
    assert _data(page)["recipients"] == [["PXX001", hostile]]


def test_the_page_asks_no_network_for_anything() -> None:
    page = render_page(_picture(_file()), (), head="")

    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[^\"'<> ]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
        "http://purl.org/dc/elements/1.1/",
        "http://creativecommons.org/ns#",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://purl.org/dc/dcmitype/StillImage",
        "https://matplotlib.org/",
    }


def test_the_same_ledger_gives_the_same_page() -> None:
    first, again = (render_page(_picture(_file()), (), head="abc") for _ in range(2))

    assert first == again


def test_the_trend_counts_rows_of_001_and_002_by_the_day_of_their_slot() -> None:
    picture = _picture(_file(rows=1200), _file(TWO, rows=34))

    page = render_page(picture, (), head="")

    assert "2026-03-02 to 2026-03-02: 1,234 successes (001), 0 failures (002)." in page


def test_with_nothing_issued_the_page_says_so() -> None:
    page = render_page(_picture(slots=(_slot(reason="no-activity"),)), (), head="")

    assert "Nothing. Everything that fell due is proved" in page
    assert "No row of 001 or 002 was issued yet." in page


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium isn't installed")
def test_chromium_draws_the_grid(tmp_path: Path) -> None:
    picture = _picture(_file(sequence=41), _file(TWO, sequence=1), slots=(_slot(),))
    page = tmp_path / "page.html"
    page.write_text(render_page(picture, concerns_of(picture, (), ()), head=""), encoding="utf-8")

    # As root in a container; nothing is asked of any network.
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    # The data are unpacked beside the page: without time to do so nothing is drawn yet.
    flags += " --virtual-time-budget=10000"
    drawn = subprocess.run(
        [str(CHROMIUM), *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout

    assert 'data-ready="yes"' in drawn
    cells = re.findall(r'<td role="gridcell" tabindex="(-?\d)" class="(\w)" aria-label="([^"]+)">(.)</td>', drawn)
    assert cells == [
        ("0", "o", "not proved in time", "!"),
        ("-1", "f", "the recipient has no folder yet", "⌂"),
    ]
    assert "ECOSMIG-001, 2026: 2 recipients, 1 slots" in drawn
