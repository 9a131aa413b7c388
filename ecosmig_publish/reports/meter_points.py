"""The MPxN that a report prints for a Device (EMRR Appendix A, note on MPxN; reports.md, Finer points)."""

from __future__ import annotations

from typing import Any

import ibis


def described(devices: Any) -> Any:
    """Return one row for each row of `devices` with `printed_mpxn`; all columns are renamed for joins.

    A GPF shows its hub's GSME's MPxN, else its own; on a hub without a GSME, the ESME's. Several meters on a hub: the
    one with the lowest Device ID that has an MPxN. Every other Device shows its own.
    """
    meters = devices.filter(devices.device_type.isin(["GSME", "ESME"]), devices.communications_hub_id.notnull())
    is_gsme = meters.device_type == "GSME"
    has_mpxn = meters.mpxn.notnull()
    hubs = meters.group_by(hub=meters.communications_hub_id).agg(
        has_gsme=is_gsme.any(),
        gsme_mpxn=meters.mpxn.argmin(meters.device_id, where=is_gsme & has_mpxn),
        esme_mpxn=meters.mpxn.argmin(meters.device_id, where=~is_gsme & has_mpxn),
    )
    gpf_hub = (devices.device_type == "GPF").ifelse(devices.communications_hub_id, ibis.null("string"))
    joined = devices.mutate(gpf_hub=gpf_hub)
    joined = joined.left_join(hubs, joined.gpf_hub == hubs.hub)
    of_gpf = joined.has_gsme.ifelse(ibis.coalesce(joined.gsme_mpxn, joined.mpxn), joined.esme_mpxn)
    return joined.select(
        known_device_id=joined.device_id,
        device_type=joined.device_type,
        manufacturer=joined.manufacturer,
        model=joined.model,
        device_firmware=joined.firmware_version,
        installed_with_ecos=joined.installed_with_ecos,
        mpxn=(joined.device_type == "GPF").ifelse(of_gpf, joined.mpxn),
    )


def with_device(rows: Any, devices: Any) -> Any:
    """Add what `devices` says of each row's `device_id`; `known_device_id` is null where it says nothing."""
    known = described(devices)
    return rows.left_join(known, rows.device_id == known.known_device_id)
