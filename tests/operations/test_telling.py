"""What a run tells others: the numbers are its own, nobody is told twice, and what can't be told stops nothing."""

from __future__ import annotations

import json
import stat
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.errors import ExitStatus, LockedError, SourceError
from ecosmig_publish.operations.telling.hooks import Event, call_command, call_webhook, event_of
from ecosmig_publish.operations.telling.last_run import LastRun, read_last_run, write_last_run
from ecosmig_publish.operations.telling.metrics import write_metrics
from ecosmig_publish.operations.telling.summary import (
    ReportCounts,
    RunSummary,
    Trouble,
    subject_line,
    summary_of,
)
from ecosmig_publish.operations.telling.telling import Channels, Telling
from ecosmig_publish.operations.telling.traces import RunTrace
from tests.installation import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = datetime(2026, 3, 2, 6, 0, 30, tzinfo=UTC)


def _summary(status: int = 0, **known: Any) -> RunSummary:
    return RunSummary("run-1", AT, AT + timedelta(seconds=90), status, **known)


def _counts(**known: Any) -> dict[Report, ReportCounts]:
    return {report: ReportCounts() for report in Report} | {Report.ECOSMIG_001: ReportCounts(**known)}


def _telling(tmp_path: Path, channels: Channels, complaints: list[str] | None = None) -> Telling:
    return Telling(channels, tmp_path / "state", lambda: AT, (complaints if complaints is not None else []).append)


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (_summary(reports=_counts()), "ecosmig: nothing was due"),
        (_summary(reports=_counts(proved=1234)), "ecosmig: 1,234 files published and proved"),
        (
            _summary(reports=_counts(proved=2, held=3)),
            "ecosmig: 2 files published and proved, 3 rows held",
        ),
        (
            _summary(10, reports=_counts(waiting=5), waiting_recipients=("PXX001", "PXX002")),
            "ecosmig: exit 10, 5 files wait for PXX001, PXX002",
        ),
        (
            _summary(22, reports=_counts(waiting=9), waiting_recipients=("A", "B", "C", "D", "E")),
            "ecosmig: exit 22, 9 files wait for A, B, C and 2 more",
        ),
        (
            _summary(30, troubles=(Trouble(None, None, "source data: not there\n  - more", ""),)),
            "ecosmig: exit 30, source data: not there",
        ),
        (_summary(20, findings=("3 rows vanished",)), "ecosmig: exit 20, 3 rows vanished"),
    ],
)
def test_a_run_is_one_line(summary: RunSummary, line: str) -> None:
    assert subject_line(summary) == line


def test_the_line_fits_a_mails_subject() -> None:
    summary = _summary(30, troubles=(Trouble(None, None, "x" * 300, ""),))

    assert len(subject_line(summary)) == 78


@pytest.mark.parametrize(
    ("status", "failing_since", "event"),
    [
        (ExitStatus.OK, None, None),
        (ExitStatus.OK, "2026-03-01T06:00:00.000Z", Event.RECOVERY),
        (ExitStatus.UNPROVED, None, Event.FAILURE),
        (ExitStatus.SOURCE, "2026-03-01T06:00:00.000Z", Event.FAILURE),
        (ExitStatus.FINDING, None, Event.FINDING),
        (ExitStatus.LOCKED, None, None),
        (ExitStatus.INTERRUPTED, None, None),
    ],
)
def test_somebody_is_told_of_failure_finding_and_recovery_alone(
    status: ExitStatus, failing_since: str | None, event: Event | None
) -> None:
    last = LastRun(10, "", "", failing_since, ())

    assert event_of(_summary(int(status)), last) is event


def test_the_first_run_of_all_is_no_recovery() -> None:
    assert event_of(_summary(), None) is None


def test_a_row_of_failures_keeps_since_when(tmp_path: Path) -> None:
    state, clock = tmp_path / "state", iter(AT + timedelta(hours=hour) for hour in range(100))
    since = []
    for error in (SourceError("gone"), SourceError("gone")):
        telling = Telling(Channels(), state, lambda: next(clock), pytest.fail)
        telling.failed(error)
        last = read_last_run(state)
        assert last is not None
        since.append((last.exit_status, last.failing_since))

    # Each run looks at the clock when it begins and when it ends.
    assert since == [(30, "2026-03-02T07:00:30.000Z")] * 2


def test_a_good_run_ends_a_row_of_failures(tmp_path: Path) -> None:
    write_last_run(tmp_path, _summary(10))
    write_last_run(tmp_path, _summary(0))

    last = read_last_run(tmp_path)
    assert last is not None
    assert (last.exit_status, last.failing_since) == (0, None)


def test_a_run_that_found_another_at_work_leaves_no_trace(tmp_path: Path) -> None:
    _telling(tmp_path, Channels()).failed(LockedError("another run"))

    assert read_last_run(tmp_path / "state") is None


def test_a_note_of_the_last_run_that_is_no_note_is_none(tmp_path: Path) -> None:
    (tmp_path / "last-run.json").write_text('{"exit_status": []}')

    assert read_last_run(tmp_path) is None


def _script(tmp_path: Path, body: str) -> tuple[str, ...]:
    script = tmp_path / "hook.py"
    script.write_text(body)
    return (sys.executable, str(script))


def test_a_command_gets_the_summary_and_the_event(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    command = _script(
        tmp_path,
        "import json, os, sys\n"
        f"json.dump([os.environ['EVENT'], os.environ['SUBJECT'], json.load(sys.stdin)], open({str(told)!r}, 'w'))\n",
    )
    troubles = (Trouble("PXX001", "ECOSMIG-001", "no folder yet", "ecosmig supplier onboard PXX001"),)

    fault = call_command(command, Event.FAILURE, _summary(10, reports=_counts(waiting=1), troubles=troubles))

    event, subject, document = json.loads(told.read_text())
    assert (fault, event, subject) == ("", "failure", "ecosmig: exit 10, 1 files wait for ")
    assert document["event"] == "failure"
    assert document["troubles"][0]["hint"] == "ecosmig supplier onboard PXX001"
    assert document["reports"]["ECOSMIG-001"]["waiting"] == 1


def test_a_command_that_fails_or_is_not_there_is_complained_of(tmp_path: Path) -> None:
    failing = call_command(_script(tmp_path, "raise SystemExit(3)"), Event.FAILURE, _summary(10))
    absent = call_command(("/no/such/program",), Event.FAILURE, _summary(10))

    assert failing.endswith("ended with 3")
    assert absent == "/no/such/program: No such file or directory"


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.bodies.append(json.loads(self.rfile.read(length)))  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture
def webhook() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    server.bodies, server.answer = [], 204  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("answer", "fault"), [(204, ""), (500, "the webhook answered 500"), (302, "the webhook answered 302")]
)
def test_a_webhook_is_posted_to_once_and_no_redirect_is_followed(webhook: Any, answer: int, fault: str) -> None:
    webhook.answer = answer

    said = call_webhook(f"http://127.0.0.1:{webhook.server_port}/token-in-here", Event.FINDING, _summary(20))

    assert said == fault
    assert [body["event"] for body in webhook.bodies] == ["finding"]


@pytest.mark.enable_socket
def test_a_webhook_that_is_not_there_is_complained_of_without_its_address() -> None:
    said = call_webhook("http://127.0.0.1:9/token-in-here", Event.FAILURE, _summary(10))

    assert said == "the webhook failed: ConnectionError"


def test_metrics_are_the_runs_numbers_by_report(tmp_path: Path) -> None:
    path = tmp_path / "collector" / "ecosmig.prom"
    slot = datetime(2026, 3, 1, 6, tzinfo=UTC)

    write_metrics(_summary(10, reports=_counts(due=1, waiting=4, held=2, oldest_waiting=slot)), path)

    samples = {
        (sample.name, sample.labels.get("report")): sample.value
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }
    assert samples["ecosmig_run_exit_status", None] == 10
    assert samples["ecosmig_run_is_good", None] == 0
    assert samples["ecosmig_run_duration_seconds", None] == 90
    assert samples["ecosmig_waiting_files", "ECOSMIG-001"] == 4
    assert samples["ecosmig_waiting_files", "ECOSMIG-002"] == 0
    assert samples["ecosmig_held_rows", "ECOSMIG-001"] == 2
    assert samples["ecosmig_oldest_waiting_slot_timestamp_seconds", "ECOSMIG-001"] == slot.timestamp()
    assert ("ecosmig_oldest_waiting_slot_timestamp_seconds", "ECOSMIG-002") not in samples


def test_a_log_has_a_line_for_each_step_with_the_runs_id(tmp_path: Path) -> None:
    log = tmp_path / "log" / "ecosmig.log"
    telling = _telling(tmp_path, Channels(log=log))
    slot = Slot(AT.replace(second=0), Report.ECOSMIG_001)

    telling.slots_are_due([slot])
    telling.slot_begins(slot)
    telling.files_wait(3, "")
    telling.failed(SourceError("source data: gone", hint="look there"))

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines] == [
        "run-begins",
        "slots-are-due",
        "slot-begins",
        "files-wait",
        "trouble",
        "run-ends",
    ]
    assert {line["run"] for line in lines} == {telling.run_id}
    assert lines[2]["slot"] == "2026-03-02T06:00:00.000Z"
    assert lines[4]["hint"] == "look there"
    assert lines[5]["exit_status"] == 30
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_is_complained_of_and_stops_nothing(tmp_path: Path) -> None:
    complaints: list[str] = []
    (tmp_path / "a-file").write_text("")
    telling = _telling(tmp_path, Channels(log=tmp_path / "a-file" / "ecosmig.log"), complaints)

    telling.slots_are_due([])
    summary = telling.failed(SourceError("gone"))

    assert summary.exit_status == 30
    assert len(complaints) == 1
    assert complaints[0].startswith("log: ")
    assert read_last_run(tmp_path / "state") is not None


def test_a_trace_has_a_span_for_the_run_each_slot_and_publishing() -> None:
    exporter = InMemorySpanExporter()
    trace = RunTrace("run-1", exporter)

    for report in (Report.ECOSMIG_001, Report.ECOSMIG_002):
        trace.slot_begins(Slot(AT, report))
    trace.files_wait(7, "")
    trace.run_ended(_summary(22))

    spans = exporter.get_finished_spans()
    run = next(span for span in spans if span.name == "run")
    assert [span.name for span in spans] == ["issue slot", "issue slot", "publish", "run"]
    assert {span.parent.span_id for span in spans if span is not run and span.parent} == {run.context.span_id}
    assert run.attributes is not None
    assert run.attributes["ecosmig.exit_status"] == 22
    assert run.status.status_code.name == "ERROR"


def test_the_summary_of_a_real_run_has_its_numbers(tmp_path: Path) -> None:
    source = tmp_path / "data"
    from ecosmig_publish.migration_data.sample import write_sample  # noqa: PLC0415 - the engine is slow to import

    until = datetime(2026, 3, 3, tzinfo=UTC)
    write_sample(source, devices=200, seed=5, parties=2, until=until, history=timedelta(days=20), form="parquet")
    installation = Installation(tmp_path / "home", until - timedelta(days=2), f"parquet:{source}")

    outcome = installation.run(until + timedelta(hours=7))

    summary = summary_of(outcome, (), run_id="r", began_at=AT, ended_at=AT)
    assert summary.exit_status == 10
    assert summary.total("issued_files") == sum(issued.files for issued in outcome.issued) > 0
    assert summary.total("waiting") == summary.total("issued_files")
    assert summary.reports[Report.ECOSMIG_001].oldest_waiting == min(
        file.due_at for file in outcome.waiting if file.report is Report.ECOSMIG_001
    )
    assert {trouble.reason for trouble in summary.troubles} == {"no folder yet"}
    assert set(summary.waiting_recipients) == {Signifier("P00001"), Signifier("P00002")}
