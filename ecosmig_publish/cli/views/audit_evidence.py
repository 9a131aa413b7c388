"""What `audit export --evidence` makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_span
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.evidence.pack import ZIP, Asking, Maker, Scope, make_pack, open_signer, refuse_taken
from ecosmig_publish.ledger.exporting import count_acts

if TYPE_CHECKING:
    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.cli.views.audit_asked import Asked, PackOptions
    from ecosmig_publish.evidence.pack import Pack, Signer
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring

_ATTEMPTS, _SECONDS = 3, 60.0
"""A pack doesn't wait for a library as a run does: it can do without, and says so."""


def export_evidence(invocation: Invocation, asked: Asked, options: PackOptions) -> int:
    """Make a pack, and tell the fingerprint that its reader needs."""
    _refuse_nonsense(asked, options)
    deadline = parse_span("--deadline", options.deadline)
    wiring = wired(invocation)
    if asked.out is not None:
        refuse_taken(asked.out, force=asked.force)
    signer = _signer(wiring, options)
    opened = asked.ledger(wiring)
    if opened is None:
        raise UsageError("there is no ledger yet: nothing was issued", hint="ecosmig publish --all")
    with opened as ledger:
        span = asked.span(ledger, wiring)
        scope = Scope(asked.suppliers or None, span, deadline, wiring.settings.start, files=options.files)
        out = asked.out or Path(_name(scope))
        refuse_taken(out, force=asked.force)
        actor = wiring.actor()
        maker = Maker(actor.identity, actor.host, actor.version, wiring.now())
        asking = None if options.offline else _asking(wiring, ledger)
        with (
            ledger.at_one_moment() as connection,
            counting(invocation, "reading acts", count_acts(connection)) as on_act,
        ):
            pack = make_pack(
                out, connection, scope, wiring.outbox(), signer=signer, maker=maker, asking=asking, on_act=on_act
            )
    _show(invocation, out, scope, pack, signer)
    return ExitStatus.OK


def _refuse_nonsense(asked: Asked, options: PackOptions) -> None:
    if asked.reports:
        raise UsageError("--report doesn't go with --evidence: a pack holds all six reports", hint="Leave it out.")
    if options.files and len(asked.suppliers) != 1:
        raise UsageError(
            "--files puts personal data into the pack, so it is for one supplier alone",
            hint="ecosmig audit export --evidence --files --supplier SIGNIFIER …",
        )
    if options.unsigned and options.certificate is not None:
        raise UsageError("--unsigned and --certificate don't go together", hint="Leave one of them out.")


def _signer(wiring: Wiring, options: PackOptions) -> Signer | None:
    if options.unsigned:
        return None
    sharepoint = wiring.settings.destination.sharepoint
    path = options.certificate or (sharepoint.certificate if sharepoint else None)
    if path is None:
        raise UsageError(
            "there is no certificate to sign the pack with: nobody would vouch for it",
            hint="Name the publisher's key and certificate: --certificate publisher.pem; or, on purpose: --unsigned",
        )
    return open_signer(path, wiring.now())


def _asking(wiring: Wiring, ledger: Ledger) -> Asking:
    if wiring.settings.destination.kind == "sharepoint" and wiring.sharepoint_timing is None:
        from ecosmig_publish.destinations.sharepoint.opening import Timing  # noqa: PLC0415 - others pay nothing for it
        from ecosmig_publish.destinations.sharepoint.waiting import Patience  # noqa: PLC0415

        brief = Timing(patience=Patience(attempts=_ATTEMPTS, seconds=_SECONDS))
        wiring = replace(wiring, sharepoint_timing=brief)
    return Asking(wiring.publishing(ledger), wiring.now)


def _name(scope: Scope) -> str:
    whose = "-".join(scope.suppliers) if scope.suppliers else "all"
    return f"evidence-{whose}-{scope.span.since:%Y%m%d}-{scope.span.until:%Y%m%d}{ZIP}"


def _show(invocation: Invocation, out: Path, scope: Scope, pack: Pack, signer: Signer | None) -> None:
    fingerprint = signer.fingerprint if signer else None
    document = {
        "written": out,
        "suppliers": scope.suppliers,
        "from": scope.span.since,
        "to": scope.span.until,
        "fingerprint": fingerprint,
        "acts": pack.acts,
        "acts_shown": pack.shown,
        "head": pack.head,
        "totals": pack.totals,
        "server": pack.server,
    }
    invocation.result(document, lambda: _render(out, pack, fingerprint))
    if pack.server and pack.server.get("folders_asked unanswered"):
        invocation.say(
            "The library did not answer for all folders, so its own times are not in the pack; server.json says why. "
            "To try again: the same command with --force; to leave them out: --offline."
        )


def _render(out: Path, pack: Pack, fingerprint: str | None) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    show_table("", ("in the pack", "rows"), list(pack.totals.items()), numbers=("rows",))
    show_line(f"{out}: {pack.acts:,} acts, {pack.shown:,} of them in full; the chain ends with {pack.head}")
    if fingerprint is None:
        show_line("NOT SIGNED: nobody vouches for it. Its reader checks it with: python3 check.py --unsigned")
        return
    show_line(f"Signed. The certificate's SHA-256 fingerprint: {fingerprint}")
    show_line(
        "Tell its reader the fingerprint in another way than the one the pack goes by; it is checked, unpacked, with"
    )
    show_line(f"  python3 check.py --fingerprint {fingerprint}")
