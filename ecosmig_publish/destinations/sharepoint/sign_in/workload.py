"""The workload's own token, which signs in where nothing else has to be kept."""

from __future__ import annotations

import os
from pathlib import Path

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.redaction import lower_fault

TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - names of variables, not their values
TOKEN_VARIABLE = "AZURE_FEDERATED_TOKEN"  # noqa: S105


def workload_assertion() -> str:
    """Return the workload's own token, read anew each time: whoever runs the workload renews it.

    Raises `SignInError`.
    """
    file, text = os.environ.get(TOKEN_FILE), os.environ.get(TOKEN_VARIABLE)
    if file:
        try:
            text = Path(file).read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise SignInError(
                f"{file}: the workload's token ({TOKEN_FILE}) can't be read",
                hint="Check that workload identity is switched on for this pod or job.",
            ) from lower_fault(error)
    if not text or not text.strip():
        raise SignInError(
            f'identity = "workload" finds no token: neither {TOKEN_FILE} nor {TOKEN_VARIABLE} is set',
            hint="Check that workload identity is switched on for this pod or job.",
        )
    return text.strip()
