"""What `sandbox` does: runs the stand-in and says how to reach it."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from ecosmig_publish.cli.stand_in import stand_in
from ecosmig_publish.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.sandbox import Sandbox

_INTRODUCTION = """\
# The stand-in answers at {url}, on this machine only, until Ctrl-C. It is not Microsoft's.
# Its state and a log of every request lie in {directory}.
# Into ecosmig.toml, in place of [destination]:
"""


def run_sandbox(invocation: Invocation, directory: Path, port: int) -> int:
    """Run until interrupted. Raises `ConfigurationError` without the extra, `UsageError` for a port that is taken."""
    with _opened(directory, port) as sandbox:
        try:
            invocation.result(document_of(sandbox, directory), lambda: _render(sandbox, directory))
            threading.Event().wait()
        except KeyboardInterrupt:
            invocation.say("The stand-in has stopped; the same --dir goes on where it was left.")
    return ExitStatus.OK


def document_of(sandbox: Sandbox, directory: Path) -> dict[str, object]:
    """Return how to reach a stand-in whose state lies in `directory`, for `--json`."""
    return {
        "url": sandbox.url,
        "directory": directory.resolve(),
        "tenant_id": sandbox.tenant_id,
        "site_url": sandbox.site_url,
        "ca_bundle": sandbox.ca_bundle.resolve(),
        "publisher": {"client_id": sandbox.publisher.client_id, "certificate": sandbox.publisher.pem.resolve()},
        "administrator": {
            "client_id": sandbox.administrator.client_id,
            "certificate": sandbox.administrator.pem.resolve(),
        },
        "configuration": sandbox.configuration(),
    }


def _opened(directory: Path, port: int) -> Sandbox:
    made = stand_in()
    try:
        return made(directory, port=port)
    except OSError as error:
        raise UsageError(
            f"the stand-in can't start on port {port} with its state in {directory}: {error.strerror}",
            hint="Choose another --port (0 takes a free one) or another --dir.",
        ) from error


def _render(sandbox: Sandbox, directory: Path) -> None:
    sys.stdout.write(_INTRODUCTION.format(url=sandbox.url, directory=directory.resolve()))
    sys.stdout.write(f"\n{sandbox.configuration()}")
