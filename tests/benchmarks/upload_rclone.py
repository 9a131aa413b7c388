"""rclone as another client of the stand-in: the same files into the same kind of folders, by its onedrive backend.

It knows Graph by its real name only, so it comes through a tunnel; the stand-in's certificate has another name, so it
looks at none. What it is spared by that is in its favour.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msal

from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
from tests.benchmarks.measured import Ran, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Rclone:
    """`connections` go for transfers and for looks alike; `proxy` is the tunnel's address."""

    program: Path
    sandbox: Sandbox
    proxy: str
    connections: int
    home: Path

    def run(self, command: str, source: Path, place: str, *options: str) -> Ran:
        """Do `rclone command source place`."""
        arguments = [
            *(str(self.program), command, str(source), f"graph:{place}"),
            *("--config", str(self.home / "rclone.conf"), "--no-check-certificate"),
            *("--transfers", str(self.connections), "--checkers", str(self.connections)),
            *options,
        ]
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        return run(arguments, environment=environment | {"HTTPS_PROXY": self.proxy})

    def configure(self) -> None:
        """Write the configuration, with a token that lasts an hour."""
        path = self.home / "rclone.conf"
        token = {"access_token": self._token(), "token_type": "Bearer", "expiry": "2100-01-01T00:00:00Z"}
        lines: Sequence[str] = (
            "[graph]",
            "type = onedrive",
            "region = global",
            "drive_type = documentLibrary",
            f"drive_id = {self.sandbox.library().drive.id}",
            f"token = {json.dumps(token)}",
            "",
        )
        path.write_text("\n".join(lines))
        path.chmod(0o600)

    def _token(self) -> str:
        """Return a token of the publisher's: rclone can't sign in with a certificate."""
        pem = self.sandbox.publisher.pem.read_text()
        certificate = pem[pem.index("-----BEGIN CERTIFICATE") :]
        app = msal.ConfidentialClientApplication(
            self.sandbox.publisher.client_id,
            authority=f"{self.sandbox.authority}/{self.sandbox.tenant_id}",
            client_credential={"private_key": pem.replace(certificate, ""), "public_certificate": certificate},
            instance_discovery=False,
            http_client=HttpsSession(str(self.sandbox.ca_bundle)),
        )
        return str(app.acquire_token_for_client([f"{self.sandbox.url}/.default"])["access_token"])
