"""The party register as a run sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ecosmig_publish.emrr.terms import Signifier, parse_signifier
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.migration_data import MigrationData


def party_register(data: MigrationData) -> dict[Signifier, str]:
    """Return each registered party's name by its signifier, in order; an id that is no signifier is left out.

    Of two rows for one party the first name in order counts.
    """
    parties = data.tables.parties
    rows = data.fetch(parties.select("sec_party_id", "party_name").order_by("sec_party_id", "party_name"))
    register: dict[Signifier, str] = {}
    for signifier, name in zip(rows["sec_party_id"].to_pylist(), rows["party_name"].to_pylist(), strict=True):
        try:
            register.setdefault(parse_signifier(signifier or ""), name or "")
        except InvalidFileError:
            continue
    return register


def known_parties(register: Mapping[Signifier, str]) -> pa.Table:
    """Return a table of one column, `sec_party_id`."""
    return pa.table({"sec_party_id": pa.array(list(register), pa.string())})
