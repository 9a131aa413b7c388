"""A run's figures as a Prometheus text file, for the node exporter's textfile collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ConfigurationError, ExitStatus

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.operations.telling.summary import RunSummary

_OF_REPORTS = {
    "due": ("ecosmig_run_due_slots", "Slots that were due when the run began"),
    "issued_files": ("ecosmig_run_issued_files", "Files that the run issued"),
    "issued_rows": ("ecosmig_run_issued_rows", "Detail rows that the run issued"),
    "placed": ("ecosmig_run_placed_files", "Files that the run put into folders, or found there"),
    "proved": ("ecosmig_run_proved_files", "Files that the run proved"),
    "waiting": ("ecosmig_waiting_files", "Issued files that are not proved"),
    "held": ("ecosmig_held_rows", "Rows that are held"),
}


def write_metrics(summary: RunSummary, path: Path) -> None:
    """Write the file, whole or not at all; may raise `OSError`.

    Raises `ConfigurationError` where the extra `metrics` isn't installed.
    """
    try:
        from prometheus_client import CollectorRegistry, Gauge, write_to_textfile  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "operations.metrics needs prometheus-client, which isn't installed",
            hint='pip install "ecosmig-publish[metrics]"',
        ) from error
    registry = CollectorRegistry()

    def gauge(name: str, text: str, value: float) -> None:
        Gauge(name, text, registry=registry).set(value)

    gauge("ecosmig_run_exit_status", "What the last run ended with", summary.exit_status)
    gauge("ecosmig_run_ended_timestamp_seconds", "When the last run ended", summary.ended_at.timestamp())
    took = (summary.ended_at - summary.began_at).total_seconds()
    gauge("ecosmig_run_duration_seconds", "How long the last run took", took)
    gauge("ecosmig_run_is_good", "Whether the last run ended with 0", float(summary.exit_status == ExitStatus.OK))
    if summary.acts:
        gauge("ecosmig_chain_acts", "The number of the newest act of the chain", summary.acts)
        gauge("ecosmig_chain_is_anchored", "Whether an anchor of the newest act is kept", bool(summary.anchored_in))
    for attribute, (name, text) in _OF_REPORTS.items():
        of_reports = Gauge(name, text, ["report"], registry=registry)
        for report, counts in summary.reports.items():
            of_reports.labels(report.value).set(getattr(counts, attribute))
    oldest = Gauge(
        "ecosmig_oldest_waiting_slot_timestamp_seconds",
        "The slot of the oldest file that is not proved",
        ["report"],
        registry=registry,
    )
    for report, counts in summary.reports.items():
        if counts.oldest_waiting is not None:
            oldest.labels(report.value).set(counts.oldest_waiting.timestamp())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
