"""What `supplier onboard` does and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.asking import confirm, is_at_terminal
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.views.supplier import NO_PARTY
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import EcosmigError, ExitStatus, UsageError
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.onboarding import LEFT, OnboardedSupplier, onboard_suppliers, plan_onboarding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.destinations import FolderOnboarding
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry
    from ecosmig_publish.wiring import Wiring
    from ecosmig_publish.workflows.onboarding import PlannedSupplier

    Plans = dict[Signifier, PlannedSupplier]

_PLANNED = {"make": "to be made", "take over": "to be taken over", "keep": "already pinned"}
_NOT_DONE = "not onboarded"


def onboard_and_show(
    invocation: Invocation, signifiers: Sequence[Signifier], *, dry_run: bool, invite: bool, yes: bool
) -> int:
    """Plan and onboard the named suppliers, all of the register where none is named."""
    wiring = wired(invocation)
    wanted = _wanted(signifiers, wiring)
    destination = wiring.onboarding(invite_guests=invite)
    _refuse_unconfigured(signifiers, destination)
    errors: dict[Signifier, EcosmigError] = {}
    done: dict[Signifier, OnboardedSupplier] = {}
    if dry_run:
        plans = _planned(invocation, wanted, _pinned(wiring), destination)
    else:
        with wiring.locked_ledger() as ledger:
            plans = _planned(invocation, wanted, ledger.folders(), destination)
            _tell(invocation, plans)
            _ask(plans, yes=yes)
            feasible = {signifier: wanted[signifier] for signifier, planned in plans.items() if not planned.error}
            with counting(invocation, "onboarding", len(feasible)) as one_more:
                for supplier in onboard_suppliers(
                    feasible,
                    ledger=ledger,
                    destination=destination,
                    now=wiring.now,
                    plans=plans,
                    on_error=errors.__setitem__,
                ):
                    done[supplier.signifier] = supplier
                    one_more()
    errors = {**{signifier: planned.error for signifier, planned in plans.items() if planned.error}, **errors}
    suppliers = [_document(planned, done.get(signifier), errors.get(signifier)) for signifier, planned in plans.items()]
    status = max((error.exit_status for error in errors.values()), default=ExitStatus.OK)
    document = {"dry_run": dry_run, "exit_status": int(status), "suppliers": suppliers}
    invocation.result(document, lambda: _render(suppliers, dry_run=dry_run))
    return status


def _wanted(signifiers: Sequence[Signifier], wiring: Wiring) -> dict[Signifier, str]:
    with wiring.data() as data:
        register = party_register(data)
    unknown = [signifier for signifier in signifiers if signifier not in register]
    if unknown:
        raise UsageError(
            f"not in the party register: {', '.join(unknown)}",
            hint="ecosmig supplier list shows the register; a party is added to the source's `parties` first.",
        )
    return {signifier: register[signifier] for signifier in signifiers or register}


def _refuse_unconfigured(signifiers: Sequence[Signifier], destination: FolderOnboarding) -> None:
    lacking = [signifier for signifier in signifiers if not destination.knows_readers(signifier)]
    if lacking:
        raise UsageError(
            f"neither users nor a group in the configuration: {', '.join(lacking)}",
            hint=f'Add [[suppliers]] with signifier = "{lacking[0]}" and users = ["…"] or group = "…".',
        )


def _pinned(wiring: Wiring) -> Mapping[Signifier, FolderEntry]:
    ledger = wiring.existing_ledger()
    if ledger is None:
        return {}
    with ledger:
        return ledger.folders()


def _planned(
    invocation: Invocation,
    wanted: Mapping[Signifier, str],
    folders: Mapping[Signifier, FolderEntry],
    destination: FolderOnboarding,
) -> Plans:
    plans = {}
    with counting(invocation, "planning", len(wanted)) as one_more:
        for planned in plan_onboarding(wanted, folders=folders, destination=destination):
            plans[planned.signifier] = planned
            one_more()
    return plans


def _tell(invocation: Invocation, plans: Plans) -> None:
    """Say what is about to be done to folders and their readers, before it is."""
    for planned in plans.values():
        changes = _changes(planned)
        if planned.plan is not None and changes:
            invocation.say(f"{planned.plan.name}: {_PLANNED[planned.plan.act]}; {'; '.join(changes)}")


def _ask(plans: Plans, *, yes: bool) -> None:
    """Ask a person at a terminal before anybody loses access or gets a mail."""
    plans_of_weight = [
        planned.plan for planned in plans.values() if planned.plan and (planned.plan.withdrawals or planned.plan.guests)
    ]
    if yes or not plans_of_weight or not is_at_terminal():
        return
    withdrawals = sum(len(plan.withdrawals) for plan in plans_of_weight)
    guests = sum(len(plan.guests) for plan in plans_of_weight)
    confirm(f"Withdraw {withdrawals:,} grants and invite {guests:,} guests?", otherwise=CHANGED_NOTHING)


def _changes(planned: PlannedSupplier) -> list[str]:
    plan = planned.plan
    if plan is None:
        return []
    changes = [
        ("grant", plan.grants),
        ("withdraw", plan.withdrawals),
        ("invite", plan.guests),
        ("not in the directory", plan.unknown),
    ]
    return [f"{what} {', '.join(whom)}" for what, whom in changes if whom]


def _document(
    planned: PlannedSupplier, done: OnboardedSupplier | None, error: EcosmigError | None
) -> dict[str, object]:
    plan = planned.plan
    act = done.act if done else LEFT if planned.is_left else _PLANNED[plan.act] if plan and not error else _NOT_DONE
    return {
        "signifier": planned.signifier,
        "folder": done.folder if done else plan.name if plan else "",
        "act": act,
        "grants": plan.grants if plan else (),
        "withdrawals": plan.withdrawals if plan else (),
        "guests": plan.guests if plan else (),
        "unknown": plan.unknown if plan else (),
        "remarks": planned.remarks,
        "error": str(error) if error else None,
        "next": error.hint if error else None,
    }


def _render(suppliers: Sequence[Mapping[str, object]], *, dry_run: bool) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    rows = [(item["signifier"], item["folder"] or "-", item["act"]) for item in suppliers]
    title = "What would be done" if dry_run else "Recipients' folders"
    show_table(title, ("recipient", "folder", "act"), rows, whole=("recipient", "act"), empty=NO_PARTY)
    for item in suppliers:
        for what in ("grants", "withdrawals", "guests", "unknown") if dry_run else ():
            whom = item[what]
            if isinstance(whom, tuple) and whom:
                show_line(f"{item['signifier']}: {_WORDS[what]} {', '.join(whom)}")
        remarks = item["remarks"]
        for remark in remarks if isinstance(remarks, tuple) else ():
            show_line(f"{item['signifier']}: {remark}")
        if item["error"]:
            show_line(f"{item['signifier']}: {item['error']}\n  next: {item['next']}")
    left = [str(item["signifier"]) for item in suppliers if item["act"] == LEFT]
    if left:
        show_line(
            f"{len(left):,} left, as the configuration names neither users nor a group for them: {', '.join(left)}"
        )


_WORDS = {
    "grants": "would be granted:",
    "withdrawals": "would lose access:",
    "guests": "would be invited as guests:",
    "unknown": "not in the directory (see --invite):",
}
