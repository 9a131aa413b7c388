"""Who signs in, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Identity:
    """An application of a tenant; `certificate` is the PEM file of a private key and its certificate.

    With `device-code` it is a person who signs in through the application.

    `authority` and `graph_url` are addresses without a path: those of the public cloud, a national one, the stand-in.
    """

    kind: Literal["certificate", "workload", "managed", "device-code"]
    tenant_id: str = ""
    client_id: str = ""
    certificate: Path | None = None
    authority: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com"
