"""Entra's numbers (AADSTS) in words: why there is no token, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.redaction import lower_fault
from ecosmig_publish.errors import DestinationBusyError, DestinationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity

_REGISTER = "Register this certificate with the app: Entra, App registrations, Certificates & secrets."
_APP = "Check destination.sharepoint.client_id and tenant_id against Entra, App registrations."
_TENANT = "Check destination.sharepoint.tenant_id and authority: is it the right tenant, in the right cloud?"
_FEDERATION = "Compare issuer, subject and audience of the app's federated credential with the workload's token."
_CONSENT = "An administrator has to consent to Sites.Selected (application permission) for this app."
_CLOCK = "Set this machine's clock (timedatectl, chronyc tracking)."

_CAUSES: dict[int, tuple[str, str]] = {
    700027: ("the certificate is not registered with the app, or isn't valid any more", _REGISTER),
    7000222: ("the app's registered keys have expired", _REGISTER),
    7000215: ("Entra takes the credential for a wrong secret", _REGISTER),
    7000218: ("the request carried no credential", "Check destination.sharepoint.identity."),
    700016: ("the tenant has no such app", _APP),
    7000112: ("the app is disabled in the tenant", "Enable it: Entra, Enterprise applications, Properties."),
    90002: ("there is no such tenant", _TENANT),
    900023: ("the tenant's id makes no sense", _TENANT),
    900382: ("the app belongs to another cloud", _TENANT),
    700024: ("the clock of this machine and Entra's are apart: the signed assertion isn't valid now", _CLOCK),
    700021: ("no federated credential of the app fits the workload's token", _FEDERATION),
    70021: ("no federated credential of the app fits the workload's token", _FEDERATION),
    700211: ("no federated credential of the app has the issuer of the workload's token", _FEDERATION),
    700212: ("no federated credential of the app has the audience of the workload's token", _FEDERATION),
    700213: ("no federated credential of the app has the subject of the workload's token", _FEDERATION),
    65001: ("nobody has consented to the app's permissions", _CONSENT),
    500011: ("the tenant knows nothing at destination.sharepoint.graph_url", "Check graph_url: is it this cloud's?"),
    53003: ("a Conditional Access policy blocks the app", "Have the policy except this workload identity."),
}
_BUSY_ERRORS = ("temporarily_unavailable", "server_error")
_NUMBER = re.compile(r"AADSTS([0-9]{1,9})(?![0-9])")
_LONGEST_SHOWN = 60
UNSENDABLE = "a token that can't be sent"
"""Stands for `error` where a token came and is none."""
_NONSENSE = "sign-in: Entra's answer makes no sense"


def sign_in_error(answer: Mapping[str, object], identity: Identity) -> DestinationError:
    """Return what Entra's refusal means."""
    if answer.get("error") == UNSENDABLE:
        return SignInError(f"{_NONSENSE}: {UNSENDABLE}", hint=_TENANT)
    numbers = answer.get("error_codes")
    said = map(str, numbers) if isinstance(numbers, list) else ()
    found = [int(number) for number in said if re.fullmatch("[0-9]{1,9}", number)]
    described = str(answer.get("error_description") or "")
    found += [int(number) for number in _NUMBER.findall(described)]
    number = next((number for number in found if number in _CAUSES), found[0] if found else None)
    who = f"app {identity.client_id or '(managed identity)'}, tenant {identity.tenant_id or '(its own)'}"
    shown = f"AADSTS{number}" if number is not None else _short(answer.get("error") or "no reason given")
    if number is None and answer.get("error") in _BUSY_ERRORS:
        return DestinationBusyError(f"sign-in: Entra is out of order ({shown})", hint="Run again later.")
    unknown = ("Entra refuses", f"Look {shown} up at https://login.microsoftonline.com/error")
    says, hint = _CAUSES.get(number or 0, unknown)
    correlation = answer.get("correlation_id")
    trace = f", correlation {_short(correlation)}" if correlation else ""
    return SignInError(f"sign-in: {says} ({shown}; {who}{trace})", hint=hint)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def named_fault(error: Exception, identity: Identity) -> Exception:
    """Return what an error of the libraries that sign in means; any other error comes back as it is."""
    library = type(error).__module__.partition(".")[0]
    passed = _passed_through(error)
    named: SignInError
    if isinstance(error, ValueError) and "authority" in str(error):
        named = SignInError(f"sign-in: {identity.authority} knows no tenant {identity.tenant_id!r}", hint=_TENANT)
    elif library in ("jwt", "cryptography") or (isinstance(error, ValueError) and not passed & _READING):
        named = SignInError(
            f"sign-in: {identity.certificate or 'the credential'} can't be used to sign",
            hint="Check key and certificate in that file; tenant_id and client_id too.",
        )
    elif library == "msal" or any(module.startswith("msal") for module in passed):
        named = SignInError(_NONSENSE, hint=_TENANT)
    else:
        return error
    named.__cause__ = lower_fault(error)
    return named


_READING = frozenset({"msal.token_cache", "msal.managed_identity", "json", "json.decoder"})
"""Modules that work on an answer: a value that is wrong there was not ours."""


def _passed_through(error: Exception) -> set[str]:
    """Return the modules whose calls an error came through."""
    modules, trace = set(), error.__traceback__
    while trace is not None:
        modules.add(str(trace.tb_frame.f_globals.get("__name__")))
        trace = trace.tb_next
    return modules
