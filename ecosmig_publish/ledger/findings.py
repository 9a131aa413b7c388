"""Findings: what a person should look at, kept until nobody asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from ecosmig_publish.ledger.chain import Deed, canonical
from ecosmig_publish.ledger.tables import findings
from ecosmig_publish.ledger.views import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


def read_findings(connection: Connection) -> list[Finding]:
    """Return all findings, oldest first."""
    rows = connection.execute(select(findings.c.at, findings.c.kind, findings.c.detail).order_by(findings.c.id))
    return [Finding(at, kind, json.loads(detail)) for at, kind, detail in rows]


def record_finding(connection: Connection, kind: str, detail: Mapping[str, object], at: datetime) -> Deed:
    """Record a finding; `detail` is what JSON can say, and without personal data."""
    connection.execute(insert(findings), {"at": at, "kind": kind, "detail": canonical(detail)})
    return Deed("find", kind, detail)
