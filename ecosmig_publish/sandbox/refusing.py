"""What a fault on request answers before anything is done, in the words of whoever is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.exchange import DocumentError
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_token, locked, over_quota
from ecosmig_publish.sandbox.sign_in.refusals import SignInRefusal
from ecosmig_publish.sandbox.throttling import throttled

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.faults import Happening

_BUSY = 503


def refusal_by_graph(happening: Happening) -> Refusal | None:
    """Return what Graph answers, None where it goes on."""
    for fault in happening.faults:
        match fault.kind:
            case "throttle":
                return throttled(fault.retry_after or "1")
            case "error" if not fault.after:
                code = "serviceNotAvailable" if fault.status == _BUSY else "generalException"
                headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
                return Refusal(fault.status, code, "The service can't answer just now.", headers=headers)
            case "expired_token":
                return bad_token("Lifetime validation failed, the token is expired.")
            case "locked":
                return locked()
            case "quota":
                return over_quota()
    return None


async def refusal_by_entra(request: Request, happening: Happening) -> tuple[SignInRefusal, str] | None:
    """Return what Entra answers and its Retry-After, None where it goes on."""
    for fault in happening.faults:
        if fault.kind == "throttle":
            refusal = SignInRefusal(429, "temporarily_unavailable", 90055, "The server terminated: too many requests.")
        elif fault.kind == "error" and not fault.after:
            refusal = SignInRefusal(fault.status, "temporarily_unavailable", 90033, "A transient error has occurred.")
        else:
            continue
        try:
            request.app_id = (await request.form()).get("client_id", "")
        except DocumentError:
            request.app_id = ""
        return refusal, fault.retry_after or ("1" if fault.kind == "throttle" else "")
    return None
