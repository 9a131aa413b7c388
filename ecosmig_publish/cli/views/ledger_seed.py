"""What `ledger seed` asks and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.asking import confirm, is_at_terminal
from ecosmig_publish.cli.seed_options import bounds_given, numbers_given
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_instant
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.recovery.seeding import SeedPlan, plan_seeding, seed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.ledger.seeds import SlotSeed

_SHOWN = 200


def seed_and_show(
    invocation: Invocation,
    streams: Sequence[str],
    file: Path | None,
    reported_up_to: Sequence[str],
    cut_off: str | None,
    *,
    from_folders: bool,
    dry_run: bool,
    yes: bool,
) -> int:
    """Show what would be seeded, and seed it once a person has said yes."""
    said, bounds = numbers_given(streams, file), bounds_given(reported_up_to)
    seen_until = parse_instant(cut_off, "--cut-off")
    if not said and not bounds and not from_folders:
        raise UsageError(
            "seed what? Give --stream, --file, --from-folders or --reported-up-to", hint="ecosmig ledger seed --help"
        )
    if seen_until is not None and not bounds:
        raise UsageError("--cut-off goes with --reported-up-to", hint="ecosmig ledger seed --help")
    wiring = wired(invocation)
    with wiring.locked_ledger() as ledger:
        plan = plan_seeding(
            said,
            bounds,
            from_folders=from_folders,
            ledger=ledger,
            destination=wiring.publishing(ledger),
            start=wiring.settings.start,
            now=wiring.now(),
        )
        if dry_run or not (plan.streams or plan.slots):
            return _give(invocation, plan, None)
        if not yes:
            _ask(plan)
        slots = seed(
            plan,
            cut_off=seen_until,
            settle=wiring.settings.source.settle,
            ledger=ledger,
            open_data=wiring.data,
            now=wiring.now(),
        )
    return _give(invocation, plan, slots)


def _ask(plan: SeedPlan) -> None:
    if not is_at_terminal():
        raise UsageError("ledger seed: nobody is here to be asked", hint="See what it would do: --dry-run; then: --yes")
    _render(plan, None)
    question = (
        f"Take over {len(plan.streams):,} streams and the bounds of {len(plan.slots):,} reports? "
        "Their numbers go on from there for good"
    )
    confirm(question, otherwise="nothing was seeded")


def _give(invocation: Invocation, plan: SeedPlan, slots: Sequence[SlotSeed] | None) -> int:
    cut_offs = {it.entry.slot: it.entry.cut_off for it in slots or ()}
    document = {
        "seeded": slots is not None,
        "streams": [
            {"report": it.report, "recipient": it.recipient, "last_sequence": it.last_sequence} for it in plan.streams
        ],
        "slots": [{"report": it.report, "due_at": it.due_at, "cut_off": cut_offs.get(it)} for it in plan.slots],
        "found": [
            {"report": it.report, "recipient": it.recipient, "files": it.files, "first": it.first, "last": it.last}
            for it in plan.found
        ],
        "oddities": [{"kind": it.kind, "recipient": it.recipient, "detail": it.detail} for it in plan.oddities],
        "remarks": plan.remarks,
    }
    invocation.result(document, lambda: _render(plan, slots))
    return ExitStatus.OK


def _render(plan: SeedPlan, slots: Sequence[SlotSeed] | None) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow to import

    found = {(it.report, it.recipient): it for it in plan.found}
    rows: list[tuple[object, ...]] = []
    for stream in plan.streams:
        in_folder = found.get((stream.report, stream.recipient))
        shows = f"{in_folder.files:,} files, {in_folder.first:,} to {in_folder.last:,}" if in_folder else "-"
        rows.append((stream.report, stream.recipient, stream.last_sequence, shows))
    columns = ("report", "recipient", "last number", "in the folder")
    nothing = "No folder shows a file of an older system." if not plan.slots else ""
    show_table("", columns, rows, numbers=("last number",), whole=("report", "recipient"), empty=nothing)
    for slot in plan.slots:
        show_line(f"{slot.report}: all is reported up to its slot of {shown_instant(slot.due_at)}")
    for oddity in plan.oddities[:_SHOWN]:
        show_line(f"{oddity.kind}: {oddity.recipient}: {oddity.detail}")
    if len(plan.oddities) > _SHOWN:
        show_line(f"The first {_SHOWN:,} of {len(plan.oddities):,}; all of them: --dry-run --json")
    for remark in plan.remarks:
        show_line(remark)
    if slots is not None:
        show_line(f"Seeded: {len(plan.streams):,} streams, {len(slots):,} reports. The next run goes on from there.")
