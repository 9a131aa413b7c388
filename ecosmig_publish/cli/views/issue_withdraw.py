"""What `issue withdraw` does and shows."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.views.issue_amending import ask, issue_document, refuse_unasked, show_lines
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import EcosmigError, ExitStatus, UsageError
from ecosmig_publish.workflows.amending.choosing import chosen_issues
from ecosmig_publish.workflows.amending.removing import remove_files, still_listed
from ecosmig_publish.workflows.amending.withdrawing import planned_withdrawal, record_withdrawal
from ecosmig_publish.workflows.recovery.behind import refuse_unknown_issues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring
    from ecosmig_publish.workflows.amending.choosing import Meant
    from ecosmig_publish.workflows.amending.removing import Removed
    from ecosmig_publish.workflows.amending.withdrawing import Withdrawal


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of the files and of the rows, and why."""

    removes: bool
    releases: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Done:
    """A withdrawal and what became of its files; `listed` are those that the folder shows all the same."""

    planned: Withdrawal
    removed: Sequence[Removed] = ()
    listed: Sequence[str] = ()
    error: EcosmigError | None = None

    @property
    def exit_status(self) -> ExitStatus:
        """What the command ends with for this issue."""
        errors = [it.error for it in self.removed if it.error is not None]
        errors += [self.error] if self.error else []
        statuses = [error.exit_status for error in errors]
        if self.listed and not errors:
            statuses.append(ExitStatus.FINDING)
        return max(statuses, default=ExitStatus.OK)


def withdraw_and_show(invocation: Invocation, meant: Meant, choice: Choice, *, yes: bool, dry_run: bool) -> int:
    """Take issues back, after a person has seen what that is and said yes."""
    wiring = wired(invocation)
    with wiring.existing_ledger() or nullcontext() as known:
        issues = chosen_issues(meant, known)
        if not dry_run:
            refuse_unasked("withdraw", issues[0].name, yes=yes)
        plans = [] if known is None else _planned(meant, choice, known, wiring)
    if dry_run:
        document = _document([_Done(plan) for plan in plans], choice, ExitStatus.OK, dry_run=True)
        invocation.result(document, lambda: show_lines([*_lines(plans), "Nothing was changed."]))
        return ExitStatus.OK
    ask(invocation, _lines(plans), f"Withdraw {counted(len(plans), 'issue')}?", yes=yes)
    with wiring.locked_ledger() as ledger:
        refuse_unknown_issues(ledger, wiring.outbox())
        again = _planned(meant, choice, ledger, wiring)
        if [_facts(plan) for plan in again] != [_facts(plan) for plan in plans]:
            raise UsageError(
                "the source or the ledger changed since this was shown; nothing was changed",
                hint="Run it again and look at what is shown now.",
            )
        done = [_withdraw(plan, choice, ledger, wiring) for plan in again]
    status = max((it.exit_status for it in done), default=ExitStatus.OK)
    document = _document(done, choice, status, dry_run=False)
    invocation.result(document, lambda: show_lines([line for it in done for line in _done_lines(it, choice)]))
    return status


def _planned(meant: Meant, choice: Choice, ledger: Ledger, wiring: Wiring) -> list[Withdrawal]:
    return [
        planned_withdrawal(
            issue,
            removes=choice.removes,
            releases=choice.releases,
            ledger=ledger,
            outbox=wiring.outbox(),
            open_data=wiring.data,
            still_stands=lambda issue=issue: bool(  # type: ignore[misc]
                still_listed(issue, ledger=ledger, destination=wiring.publishing(ledger))
            ),
        )
        for issue in chosen_issues(meant, ledger)
    ]


def _facts(plan: Withdrawal) -> tuple[object, ...]:
    return (plan.issue.issue_id, plan.is_recorded, plan.gone, set(plan.released or ()), plan.leaves_a_gap)


def _withdraw(plan: Withdrawal, choice: Choice, ledger: Ledger, wiring: Wiring) -> _Done:
    """Record first, so that nothing in a folder changes that is not on the record; then take the files out."""
    record_withdrawal(plan, ledger=ledger, reason=choice.reason, now=wiring.now)
    if not plan.removes:
        return _Done(plan)
    removed = remove_files(plan.issue, ledger=ledger, destination=wiring.onboarding())
    try:
        listed = still_listed(plan.issue, ledger=ledger, destination=wiring.publishing(ledger))
    except EcosmigError as error:
        return _Done(plan, removed, error=error)
    return _Done(plan, removed, listed)


def _lines(plans: Sequence[Withdrawal]) -> list[str]:
    lines = []
    for plan in plans:
        issue = plan.issue
        what = "is taken out of" if plan.removes else "stays in"
        for file in issue.files:
            where = f"{what} the folder of {issue.recipient}" if file.published_at else "was never published"
            lines.append(f"{file.name}: {counted(file.rows, 'row')}; {where}; its number is never used again")
        lines += _consequences(plan)
    return lines


def _consequences(plan: Withdrawal) -> list[str]:
    lines = []
    if plan.leaves_a_gap:
        lines.append(f"  {plan.issue.recipient} will see a number missing: what was not published yet never will be")
    if plan.released is None:
        lines.append("  its rows count as reported")
    else:
        lines.append(f"  {counted(len(plan.released), 'row')} held again, to go out with the next slots")
    if plan.gone:
        lines.append(f"  {counted(plan.gone, 'row')} gone from the source: nothing is left of them to report")
    return lines


def _done_lines(done: _Done, choice: Choice) -> list[str]:
    issue = done.planned.issue
    lines = [f"{file.name}: withdrawn" for file in issue.files if not done.planned.is_recorded]
    lines += _consequences(done.planned) if not done.planned.is_recorded else []
    for it in done.removed:
        if it.error is not None:
            lines += [f"{it.name}: not removed: {it.error}", f"  next: {it.error.hint} Then the same command again."]
        else:
            lines.append(f"{it.name}: {'removed from the folder' if it.was_there else 'was not in the folder'}")
    if done.error is not None:
        lines += [f"{issue.recipient}: the folder could not be looked at: {done.error}", f"  next: {done.error.hint}"]
    lines += [f"{name}: the folder lists it all the same" for name in done.listed]
    if not choice.removes:
        lines.append("The file stays where it is; ecosmig verify goes on watching it.")
    return lines


def _document(done: Sequence[_Done], choice: Choice, status: ExitStatus, *, dry_run: bool) -> dict[str, object]:
    return {
        "act": "withdraw",
        "dry_run": dry_run,
        "exit_status": int(status),
        "issues": [
            {
                **issue_document(it.planned.issue),
                "removes_file": choice.removes,
                "removed": [one.name for one in it.removed if one.was_there],
                "not_removed": [
                    {"name": one.name, "error": str(one.error), "hint": one.error.hint}
                    for one in it.removed
                    if one.error is not None
                ],
                "still_listed": list(it.listed),
                "released": None if it.planned.released is None else len(it.planned.released),
                "gone": it.planned.gone,
                "number_missing": it.planned.leaves_a_gap,
            }
            for it in done
        ],
    }
