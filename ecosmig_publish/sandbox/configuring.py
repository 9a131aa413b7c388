"""The configuration that leads a client to the stand-in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def destination_blocks(
    *,
    site_url: str,
    library: str,
    owners: str,
    tenant_id: str,
    publisher: tuple[str, Path],
    administrator: tuple[str, Path],
    url: str,
    ca_bundle: Path,
) -> str:
    """Return TOML: `[destination]` and what belongs to it. An application is its client id and its PEM file."""
    return "\n".join(
        [
            "[destination]",
            'kind = "sharepoint"',
            "",
            "[destination.sharepoint]",
            f"site_url = {_quoted(site_url)}",
            f"library = {_quoted(library)}",
            f"owners = [{_quoted(owners)}]",
            f"tenant_id = {_quoted(tenant_id)}",
            f"client_id = {_quoted(publisher[0])}",
            f"certificate = {_quoted(publisher[1].resolve())}",
            f"authority = {_quoted(url)}",
            f"graph_url = {_quoted(url)}",
            f"ca_bundle = {_quoted(ca_bundle.resolve())}",
            "",
            "[destination.sharepoint.onboarding]",
            f"client_id = {_quoted(administrator[0])}",
            f"certificate = {_quoted(administrator[1].resolve())}",
            "",
        ]
    )


def _quoted(value: object) -> str:
    """Return a TOML string."""
    return json.dumps(str(value), ensure_ascii=False)
