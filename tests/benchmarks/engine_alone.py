"""The yardstick: DuckDB alone computes the six results of one heavy day and writes each, sorted, into one CSV.

No recipients' files, no numbers, no headers, no hashes, no held rows' reasons, no ledger: what is left is the work
that no implementation on this engine can avoid.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

_STAMP = "strftime({}, '%Y%m%dT%H%M%S')"
_DESCRIBED = """
WITH meters AS (
  SELECT communications_hub_id AS hub, bool_or(device_type = 'GSME') AS has_gsme,
    arg_min(mpxn, device_id) FILTER (device_type = 'GSME' AND mpxn IS NOT NULL) AS gsme_mpxn,
    arg_min(mpxn, device_id) FILTER (device_type = 'ESME' AND mpxn IS NOT NULL) AS esme_mpxn
  FROM devices WHERE device_type IN ('ESME', 'GSME') AND communications_hub_id IS NOT NULL GROUP BY 1),
described AS (
  SELECT d.*, CASE WHEN device_type <> 'GPF' THEN mpxn WHEN has_gsme THEN coalesce(gsme_mpxn, mpxn)
    ELSE esme_mpxn END AS printed
  FROM devices d LEFT JOIN meters ON CASE WHEN d.device_type = 'GPF' THEN d.communications_hub_id END = hub),
spans AS (SELECT *, coalesce(effective_to, TIMESTAMP '9999-12-31') AS until FROM responsibilities)
"""

_ATTEMPTS = (
    _DESCRIBED
    + """{number}
SELECT s.sec_party_id, '10', a.device_id, printed, device_type, manufacturer, model,
  coalesce(a.firmware_version, d.firmware_version), {columns}
FROM {attempts} a LEFT JOIN described d USING (device_id)
LEFT JOIN spans s ON a.device_id = s.device_id AND a.completed_at >= effective_from AND a.completed_at < until
WHERE outcome = '{outcome}' AND completed_at < TIMESTAMP '{end}' AND recorded_at <= TIMESTAMP '{cut_off}'
ORDER BY s.sec_party_id, date_trunc('second', completed_at), a.device_id, completed_at, attempt_id"""
)

_NUMBERED = """, numbered AS (
  SELECT *, row_number() OVER (PARTITION BY device_id ORDER BY completed_at, attempt_id) AS ordinal
  FROM migration_attempts WHERE recorded_at <= TIMESTAMP '{cut_off}')"""

_INSTALLATIONS = """, installations AS (
  SELECT device_id, occurred_at, event_id AS tie, false AS by_notification FROM device_status_events
  WHERE to_status = 'COMMISSIONED' AND from_status IN ('PENDING', 'WHITELISTED', 'INSTALLED_NOT_COMMISSIONED')
    AND recorded_at <= TIMESTAMP '{cut_off}'
  UNION ALL
  SELECT device_id, min(occurred_at), 0, true FROM network_notifications
  WHERE recorded_at <= TIMESTAMP '{cut_off}' GROUP BY device_id)"""

_GAINED = (
    _DESCRIBED
    + _INSTALLATIONS
    + """, chains AS (
  SELECT *, lag(sec_party_id) OVER (PARTITION BY device_id ORDER BY effective_from) AS predecessor
  FROM spans WHERE effective_from < TIMESTAMP '{end}' AND device_id IN
    (SELECT device_id FROM spans WHERE effective_from >= TIMESTAMP '{start}' AND effective_from < TIMESTAMP '{end}')),
gained AS (
  SELECT DISTINCT c.device_id, c.sec_party_id FROM chains c JOIN spans s
    ON s.device_id = c.device_id AND s.sec_party_id = c.sec_party_id
  WHERE c.effective_from >= TIMESTAMP '{start}' AND predecessor <> c.sec_party_id
    AND s.effective_from < TIMESTAMP '{end}' AND s.until >= TIMESTAMP '{end}'),
history AS (
  SELECT device_id, count(*) AS attempts,
    max(completed_at) FILTER (outcome = 'SUCCESS') AS success_at,
    max(completed_at) FILTER (outcome = 'FAILURE') AS failure_at,
    arg_max(error_code, (completed_at, attempt_id)) FILTER (outcome = 'FAILURE') AS error_code,
    arg_max(error_sub_code, (completed_at, attempt_id)) FILTER (outcome = 'FAILURE') AS error_sub_code,
    arg_max_null(firmware_version, (completed_at, attempt_id)) FILTER (outcome = 'SUCCESS') AS success_firmware,
    arg_max_null(firmware_version, (completed_at, attempt_id)) FILTER (outcome = 'FAILURE') AS failure_firmware
  FROM migration_attempts WHERE completed_at < TIMESTAMP '{end}' AND recorded_at <= TIMESTAMP '{cut_off}'
    AND device_id IN (SELECT device_id FROM gained) GROUP BY 1),
installed AS (
  SELECT device_id, by_notification, max(occurred_at) AS installed_at FROM installations
  WHERE occurred_at < TIMESTAMP '{end}' GROUP BY ALL)
SELECT g.sec_party_id, '10', g.device_id, printed, d.device_type, manufacturer, model,
  coalesce(CASE WHEN success_at IS NOT NULL THEN success_firmware ELSE failure_firmware END, firmware_version),
  CASE WHEN success_at IS NOT NULL THEN 'Success' WHEN failure_at IS NOT NULL THEN 'Failure' ELSE 'Installed' END,
  CASE WHEN success_at IS NULL THEN error_code END, CASE WHEN success_at IS NULL THEN error_sub_code END,
  strftime(coalesce(success_at, failure_at, installed_at), '%Y%m%dT%H%M%S') AS stamp, coalesce(attempts, 0)
FROM gained g LEFT JOIN described d USING (device_id) LEFT JOIN history h USING (device_id)
LEFT JOIN installed i ON i.device_id = g.device_id AND i.by_notification = (d.device_type = 'GPF')
WHERE success_at IS NOT NULL OR failure_at IS NOT NULL OR (installed_with_ecos AND installed_at IS NOT NULL)
ORDER BY g.sec_party_id, stamp, g.device_id"""
)

_MODELS = """
WITH spans AS (SELECT *, coalesce(effective_to, TIMESTAMP '9999-12-31') AS until FROM responsibilities),
force AS (SELECT device_type, manufacturer, model, firmware_version, min(non_migratable_at) AS since
  FROM non_migratable_models WHERE non_migratable_at < TIMESTAMP '{end}'
    AND (withdrawn_at IS NULL OR withdrawn_at >= TIMESTAMP '{end}') GROUP BY ALL),
candidates AS (SELECT d.*, since FROM devices d JOIN force USING (device_type, manufacturer, model, firmware_version)
  WHERE NOT installed_with_ecos AND device_id NOT IN (SELECT device_id FROM migration_attempts WHERE outcome = 'SUCCESS'
    AND completed_at < TIMESTAMP '{end}' AND recorded_at <= TIMESTAMP '{cut_off}')),
gone AS (SELECT device_id, max(occurred_at) AS gone_at FROM device_status_events
  WHERE to_status IN ('DECOMMISSIONED', 'WITHDRAWN') AND occurred_at < TIMESTAMP '{end}'
    AND recorded_at <= TIMESTAMP '{cut_off}' GROUP BY 1),
latest AS (SELECT device_id, arg_max(to_status, (occurred_at, event_id)) AS status FROM device_status_events
  WHERE occurred_at < TIMESTAMP '{end}' AND recorded_at <= TIMESTAMP '{cut_off}'
    AND device_id IN (SELECT device_id FROM candidates) GROUP BY 1),
notified AS (SELECT device_id, min(occurred_at) AS first_at FROM network_notifications
  WHERE recorded_at <= TIMESTAMP '{cut_off}' AND device_id IN (SELECT device_id FROM candidates) GROUP BY 1)
SELECT s.sec_party_id, '10', device_type, manufacturer, model, firmware_version,
  strftime(since, '%Y%m%dT%H%M%S'), count(DISTINCT c.device_id)
FROM candidates c JOIN spans s ON s.device_id = c.device_id AND effective_from < TIMESTAMP '{end}'
  AND until >= TIMESTAMP '{end}'
LEFT JOIN latest l ON l.device_id = c.device_id LEFT JOIN notified n ON n.device_id = c.device_id
LEFT JOIN gone g ON g.device_id = c.device_id
WHERE CASE WHEN device_type = 'GPF' THEN first_at < TIMESTAMP '{end}' AND NOT coalesce(gone_at > first_at, false)
  ELSE status IN ('COMMISSIONED', 'SUSPENDED', 'RECOVERY', 'RECOVERED') END
GROUP BY ALL ORDER BY ALL"""

_ACTIVITY = """
WITH spans AS (SELECT *, coalesce(effective_to, TIMESTAMP '9999-12-31') AS until FROM responsibilities)
SELECT s.sec_party_id, '10', strftime(completed_at, '%Y%m%d') AS day, count(*) FILTER (outcome = 'SUCCESS'),
  count(*) FILTER (outcome = 'FAILURE')
FROM migration_attempts a JOIN spans s ON a.device_id = s.device_id AND completed_at >= effective_from
  AND completed_at < until
WHERE completed_at >= TIMESTAMP '{start}' AND completed_at < TIMESTAMP '{end}' AND recorded_at <= TIMESTAMP '{cut_off}'
GROUP BY ALL ORDER BY ALL"""

_NEW = (
    _DESCRIBED
    + _INSTALLATIONS
    + """
SELECT s.sec_party_id, '10', i.device_id, printed, strftime(occurred_at, '%Y%m%dT%H%M%S') AS stamp
FROM installations i JOIN described d ON i.device_id = d.device_id AND installed_with_ecos
  AND by_notification = (device_type = 'GPF')
LEFT JOIN spans s ON i.device_id = s.device_id AND occurred_at >= effective_from AND occurred_at < until
WHERE occurred_at < TIMESTAMP '{end}' ORDER BY s.sec_party_id, stamp, i.device_id, tie"""
)


def queries(first: str, second: str, week: str, month: str) -> dict[str, str]:
    """Return each report's query; `first` is a Monday that is the 1st, `second` the day after, both at midnight."""
    morning, later = f"{first} 06:00:00", f"{second} 08:00:00"
    bounds = {"end": first, "cut_off": morning}
    stamp = _STAMP.format("completed_at")
    failed = f"error_code, error_sub_code, {stamp}, ordinal"
    number = _NUMBERED.format(cut_off=morning)
    quarter_to = {"end": f"{first} 05:00:00", "cut_off": morning}
    return {
        "001": _ATTEMPTS.format(number="", attempts="migration_attempts", columns=stamp, outcome="SUCCESS", **bounds),
        "002": _ATTEMPTS.format(number=number, attempts="numbered", columns=failed, outcome="FAILURE", **quarter_to),
        "003": _GAINED.format(start=month, end=first, cut_off=later),
        "004": _MODELS.format(**bounds),
        "005": _ACTIVITY.format(start=week, **bounds),
        "006": _NEW.format(**bounds),
    }


def main() -> None:
    """Run all six on a folder of Parquet."""
    parser = argparse.ArgumentParser()
    for name in ("data", "out", "first", "second", "week", "month"):
        parser.add_argument(name)
    parser.add_argument("--memory-limit", default="4.5GB")
    options = parser.parse_args()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{options.memory_limit}'")
    connection.execute(f"SET temp_directory = '{out / 'spill'}'")
    connection.execute("SET preserve_insertion_order = false")
    for path in Path(options.data).glob("*"):
        source = path / "*.parquet" if path.is_dir() else path
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{source}'")
    for report, query in queries(options.first, options.second, options.week, options.month).items():
        connection.execute(f"COPY ({query}) TO '{out / f'{report}.csv'}' (HEADER false)")


if __name__ == "__main__":
    main()
