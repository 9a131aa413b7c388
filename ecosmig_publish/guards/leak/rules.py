"""The rules of single reports on whole columns: `emrr.validation` has them for one record after another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from ecosmig_publish.emrr.catalogue import CATALOGUE, FieldKind
from ecosmig_publish.emrr.terms import Report

if TYPE_CHECKING:
    from ecosmig_publish.emrr.catalogue import Field
    from ecosmig_publish.emrr.terms import Period
    from ecosmig_publish.guards.leak.columns import Details

OF_DEVICES = (Report.ECOSMIG_001, Report.ECOSMIG_002, Report.ECOSMIG_003, Report.ECOSMIG_006)
"""The reports whose details name Devices; the others are small, and read one record after another."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def keeps_rules(report: Report, details: Details, period: Period) -> bool:
    """Whether details whose fields are right are in order, before the period's end, and consistent in themselves."""
    if not details.rows:
        return True
    order = [_comparable(field, details) for field in _order_of(report)]
    end = int((period.end - _EPOCH).total_seconds())
    if order[0].max() >= end or not _is_ordered(order, strictly=report is Report.ECOSMIG_002):
        return False
    return report is not Report.ECOSMIG_003 or _has_sound_statuses(details)


def _order_of(report: Report) -> list[Field]:
    fields = {field.name: field for field in CATALOGUE[report].fields}
    return [fields[name] for name in CATALOGUE[report].order]


def _comparable(field: Field, details: Details) -> Any:
    if field.kind is FieldKind.DATETIME:
        return details.seconds(field.name)
    if field.kind is FieldKind.INTEGER:
        return details.integers(field.name)
    return details.fixed_texts(field.name, field.max_length)


def _is_ordered(keys: list[Any], *, strictly: bool) -> bool:
    """Whether no row belongs above the one before it, nor, `strictly`, beside it; the first of `keys` decides first."""
    still_equal = np.ones(len(keys[0]) - 1, dtype=bool)
    for key in keys:
        if (still_equal & (key[1:] < key[:-1])).any():
            return False
        still_equal &= key[1:] == key[:-1]
    return not (strictly and still_equal.any())


def _has_sound_statuses(details: Details) -> bool:
    """Whether each Device of 003 has one detail, failures alone have codes, and `Installed` alone no attempt."""
    if pc.count_distinct(details.texts("device_id")).as_py() != details.rows:
        return False
    status = details.texts("ecos_status")
    is_failure, is_installed = pc.equal(status, "Failure"), pc.equal(status, "Installed")
    agree = [
        pc.equal(is_failure, pc.not_equal(details.texts("error_code"), "")),
        pc.equal(is_failure, pc.not_equal(details.texts("error_sub_code"), "")),
        pc.equal(is_installed, pc.equal(details.texts("number_of_attempts"), "0")),
    ]
    return all(pc.all(claim).as_py() for claim in agree)
