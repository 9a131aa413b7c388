"""What the reports distinguish, counted in a sample."""

from __future__ import annotations

_INSTALLED = "to_status = 'COMMISSIONED' AND from_status"

SITUATIONS = {
    "successful attempts": "SELECT count(*) FROM migration_attempts WHERE outcome = 'SUCCESS'",
    "failed attempts": "SELECT count(*) FROM migration_attempts WHERE outcome = 'FAILURE'",
    "attempts recorded a day late or more": "SELECT count(*) FROM migration_attempts "
    "WHERE recorded_at - completed_at >= INTERVAL 1 DAY",
    "attempts exactly at midnight": "SELECT count(*) FROM migration_attempts "
    "WHERE completed_at = date_trunc('day', completed_at)",
    "attempts a microsecond before midnight": "SELECT count(*) FROM migration_attempts "
    "WHERE completed_at + INTERVAL 1 MICROSECOND = date_trunc('day', completed_at + INTERVAL 1 MICROSECOND)",
    "attempts of one Device in one second": "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n "
    "FROM migration_attempts GROUP BY device_id, date_trunc('second', completed_at) HAVING count(*) > 1)",
    "spans that begin with a change of supplier": "SELECT count(*) FROM responsibilities "
    "WHERE effective_from > TIMESTAMP '2016-01-01'",
    "Devices that went to another supplier and back": "SELECT count(*) FROM (SELECT device_id FROM responsibilities "
    "GROUP BY device_id HAVING count(*) > count(DISTINCT sec_party_id))",
    "gaps between two suppliers (held in part)": "SELECT count(*) FROM (SELECT effective_to < lead(effective_from) "
    "OVER (PARTITION BY device_id ORDER BY effective_from) AS is_gap FROM responsibilities) WHERE is_gap",
    "changes of supplier at the start of a month": "SELECT count(*) FROM responsibilities "
    "WHERE effective_from > TIMESTAMP '2016-01-01' AND effective_from = date_trunc('month', effective_from)",
    "attempts with a firmware of their own": "SELECT count(*) FROM migration_attempts "
    "WHERE firmware_version IS NOT NULL",
    "attempts recorded after their month": "SELECT count(*) FROM migration_attempts "
    "WHERE date_trunc('month', recorded_at) > date_trunc('month', completed_at)",
    "second installations of a Device": "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n "
    f"FROM device_status_events WHERE {_INSTALLED} = 'PENDING' GROUP BY device_id HAVING count(*) > 1)",
    "decommissioned GPFs": "SELECT count(*) FROM device_status_events SEMI JOIN network_notifications "
    "USING (device_id) WHERE to_status = 'DECOMMISSIONED'",
    "hubs with two gas meters": "SELECT count(*) FROM (SELECT communications_hub_id FROM devices "
    "WHERE device_type = 'GSME' GROUP BY communications_hub_id HAVING count(*) > 1)",
    "non-migratable models withdrawn": "SELECT count(*) FROM non_migratable_models WHERE withdrawn_at IS NOT NULL",
    "non-migratable models listed twice": "SELECT count(*) FROM (SELECT 1 FROM non_migratable_models "
    "GROUP BY device_type, manufacturer, model, firmware_version HAVING count(*) > 1)",
    "installations from PENDING": f"SELECT count(*) FROM device_status_events WHERE {_INSTALLED} = 'PENDING'",
    "installations from WHITELISTED": f"SELECT count(*) FROM device_status_events WHERE {_INSTALLED} = 'WHITELISTED'",
    "installations from INSTALLED_NOT_COMMISSIONED": "SELECT count(*) FROM device_status_events "
    f"WHERE {_INSTALLED} = 'INSTALLED_NOT_COMMISSIONED'",
    "returns from suspension": f"SELECT count(*) FROM device_status_events WHERE {_INSTALLED} = 'SUSPENDED'",
    "decommissioned Devices": "SELECT count(*) FROM device_status_events WHERE to_status = 'DECOMMISSIONED'",
    "later notifications of a GPF": "SELECT count(*) - count(DISTINCT device_id) FROM network_notifications",
    "Devices installed with ECoS credentials": "SELECT count(*) FROM devices WHERE installed_with_ecos",
    "GPFs without a hub": "SELECT count(*) FROM devices WHERE device_type = 'GPF' AND communications_hub_id IS NULL",
    "GPFs without a GSME on their hub": "SELECT count(*) FROM devices WHERE device_type = 'GPF' AND "
    "communications_hub_id NOT IN (SELECT communications_hub_id FROM devices WHERE device_type = 'GSME')",
    "GSMEs without MPxN": "SELECT count(*) FROM devices WHERE device_type = 'GSME' AND mpxn IS NULL",
    "values that need quoting": "SELECT count(*) FROM devices WHERE contains(model, ',')",
    "Devices of a non-migratable model": "SELECT count(*) FROM devices SEMI JOIN non_migratable_models "
    "USING (device_type, manufacturer, model, firmware_version)",
    "held: Devices without supplier": "SELECT count(*) FROM devices ANTI JOIN responsibilities USING (device_id)",
    "held: spans of an unknown party": "SELECT count(*) FROM responsibilities ANTI JOIN parties USING (sec_party_id)",
    "held: attempts without a Device": "SELECT count(*) FROM migration_attempts ANTI JOIN devices USING (device_id)",
    "held: ESMEs without MPxN": "SELECT count(*) FROM devices WHERE device_type = 'ESME' AND mpxn IS NULL",
    "held: models that are too long": "SELECT count(*) FROM devices WHERE length(model) > 30",
}
