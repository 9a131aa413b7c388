"""The MPxN that a report prints for a Device (EMRR Appendix A, note on MPxN; reports.md, Finer points)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question


def gpf_meter_points(devices: Any, *, of: Any = None) -> Any:
    """Return `gpf_device_id`, `gpf_mpxn` of the GPFs that have an MPxN to print; `of` (with `device_id`) narrows them.

    A GPF shows its hub's GSME's MPxN, else its own; on a hub without a GSME, the ESME's. Several meters on a hub: the
    one with the lowest Device ID that has an MPxN.
    """
    gpfs = devices.filter(devices.device_type == "GPF")
    meters = devices.filter(devices.device_type.isin(["GSME", "ESME"]), devices.communications_hub_id.notnull())
    if of is not None:
        gpfs = gpfs.semi_join(of, "device_id")
        meters = meters.semi_join(gpfs, "communications_hub_id")
    is_gsme = meters.device_type == "GSME"
    has_mpxn = meters.mpxn.notnull()
    hubs = meters.group_by(hub=meters.communications_hub_id).agg(
        has_gsme=is_gsme.any(),
        gsme_mpxn=meters.mpxn.argmin(meters.device_id, where=is_gsme & has_mpxn),
        esme_mpxn=meters.mpxn.argmin(meters.device_id, where=~is_gsme & has_mpxn),
    )
    joined = gpfs.inner_join(hubs, gpfs.communications_hub_id == hubs.hub)
    found = joined.select(
        gpf_device_id=joined.device_id,
        gpf_mpxn=joined.has_gsme.ifelse(joined.gsme_mpxn.fill_null(joined.mpxn), joined.esme_mpxn),
    )
    return found.filter(found.gpf_mpxn.notnull())


def with_device(rows: Any, question: Question, *, of: Any = None) -> Any:
    """Add what `devices` says of each row's `device_id`; `known_device_id` is null where it says nothing.

    `mpxn` is the one to print: a GPF's by `gpf_meter_points`, every other Device's own. `of` holds the rows' Devices
    where they are few and cheap to read again.
    """
    devices = question.tables.devices
    shared = question.gpf_meter_points if of is None else None
    gpfs = gpf_meter_points(devices, of=of) if shared is None else shared()
    known = devices.select(
        known_device_id=devices.device_id,
        device_type=devices.device_type,
        manufacturer=devices.manufacturer,
        model=devices.model,
        device_firmware=devices.firmware_version,
        installed_with_ecos=devices.installed_with_ecos,
        own_mpxn=devices.mpxn,
    )
    joined = rows.left_join(known, rows.device_id == known.known_device_id)
    is_gpf = joined.device_type == "GPF"
    joined = joined.mutate(wanted_gpf=is_gpf.ifelse(joined.known_device_id, ibis.null("string")))
    joined = joined.left_join(gpfs, joined.wanted_gpf == gpfs.gpf_device_id)
    mpxn = (joined.device_type == "GPF").ifelse(joined.gpf_mpxn, joined.own_mpxn)
    return joined.mutate(mpxn=mpxn).drop("wanted_gpf", "gpf_device_id", "gpf_mpxn", "own_mpxn")
