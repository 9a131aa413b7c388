"""A run as an OpenTelemetry trace: a span for the run, one for each slot, one for publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish import __version__
from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.workflows.running import Watcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.operations.telling.summary import RunSummary

_FLUSH_MS = 5_000


class RunTrace(Watcher):
    """Opens spans as a run goes on; `run_ended` sends them, for at most a few seconds."""

    def __init__(self, run_id: str, exporter: Any) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        resource = Resource.create({"service.name": "ecosmig", "service.version": __version__})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("ecosmig")
        self._run = self._tracer.start_span("run", attributes={"ecosmig.run": run_id})
        self._step: Any = None

    def slots_are_due(self, slots: Sequence[Slot]) -> None:
        """Note how many slots are due."""
        self._run.set_attribute("ecosmig.due_slots", len(slots))

    def slot_begins(self, slot: Slot) -> None:
        """Begin a slot's span; the one before it ends."""
        about = {"ecosmig.report": slot.report.value, "ecosmig.slot": slot.due_at.isoformat()}
        self._begin("issue slot", about)

    def files_wait(self, files: int, forecast: str) -> None:  # noqa: ARG002 - words for people
        """Begin the span of publishing."""
        self._begin("publish", {"ecosmig.files": files})

    def run_ended(self, summary: RunSummary) -> None:
        """End what is open and send everything."""
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an extra

        self._end()
        self._run.set_attribute("ecosmig.exit_status", summary.exit_status)
        if summary.exit_status:
            self._run.set_status(StatusCode.ERROR)
        self._run.end()
        self._provider.force_flush(_FLUSH_MS)
        self._provider.shutdown()

    def _begin(self, name: str, about: dict[str, Any]) -> None:
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - an extra

        self._end()
        self._step = self._tracer.start_span(name, context=set_span_in_context(self._run), attributes=about)

    def _end(self) -> None:
        if self._step is not None:
            self._step.end()
            self._step = None


def otlp_exporter(address: str) -> Any:
    """Return what sends spans to `address` over HTTP. Raises `ConfigurationError` where the extra isn't installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "operations.traces needs OpenTelemetry, which isn't installed",
            hint='pip install "ecosmig-publish[traces]"',
        ) from error
    return OTLPSpanExporter(endpoint=address, timeout=_FLUSH_MS // 1000)
