"""The sample's tables as SQL over `range()`: every value follows from the seed and a row's number.

Homes come in blocks of five with twenty Devices: three with gas (hub, ESME, GSME, GPF, PPMID), one without (hub,
ESME), one with load control (hub, ESME, HCALCS). All Devices of a home share its supplier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_KINDS = ["CHF", "ESME", "GSME", "GPF", "PPMID"] * 3 + ["CHF", "ESME"] + ["CHF", "ESME", "HCALCS"]
_HOMES = [0] * 5 + [1] * 5 + [2] * 5 + [3] * 2 + [4] * 3
_WEIGHTS = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)

ATTEMPTS_FOR_EACH_DEVICE = 1.5
UNKNOWN_PARTY = "ZZ9999"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a sample is made from; `until` ends it, attempts spread over `history` before that."""

    devices: int
    parties: int
    seed: int
    until: datetime
    history: timedelta
    is_clean: bool


def macros(shape: Shape) -> list[str]:
    """Return the statements that define what the tables' statements use."""
    until = f"TIMESTAMP '{shape.until:%Y-%m-%d %H:%M:%S}'"
    low = ", ".join(f"(i >> {bits}) & 255" for bits in (32, 24, 16, 8, 0))
    salt = shape.seed * 7919 % 1_000_000_007
    digits = " + ".join(
        f"CAST(substr(core, {place}, 1) AS INTEGER) * {weight}" for place, weight in enumerate(_WEIGHTS, 1)
    )
    return [
        # A number from 0 to below n that looks random, for row i and purpose p.
        f"CREATE MACRO pick(i, p, n) AS CAST(hash(i * 1000 + p + {salt}) % CAST(n AS UBIGINT) AS BIGINT)",
        # What must be in every sample comes at regular rows, not by chance.
        "CREATE MACRO rare(i, p, n) AS i % n = p",
        "CREATE MACRO share(i, p) AS pick(i, p, 1000000007) / 1000000007.0",
        f"CREATE MACRO kind_of(i) AS ({_KINDS})[i % 20 + 1]",
        f"CREATE MACRO home_of(i) AS i // 20 * 5 + ({_HOMES})[i % 20 + 1]",
        f"CREATE MACRO hub_of(i) AS i // 20 * 20 + ([0, 5, 10, 15, 17])[({_HOMES})[i % 20 + 1] + 1]",
        f"CREATE MACRO device(i) AS printf('00-DB-{shape.seed % 256:02X}-%02X-%02X-%02X-%02X-%02X', {low})",
        f"CREATE MACRO mpan(core) AS core || (({digits}) % 11 % 10)",
        f"CREATE MACRO until() AS {until}",
        "CREATE MACRO ago(seconds) AS until() - to_microseconds(CAST(seconds * 1000000 AS BIGINT))",
    ]


def _unless_clean(shape: Shape, condition: str) -> str:
    """Return the condition of what publish would hold, which no row of a clean sample meets."""
    return "false" if shape.is_clean else condition


def devices(shape: Shape) -> str:
    """Return the statement of `devices`: manufacturers and models with leading zeros and `10E0` among them."""
    empty_esme = _unless_clean(shape, "kind = 'ESME' AND rare(home, 11, 400)")
    empty_gsme = _unless_clean(shape, "rare(home, 15, 300)")
    too_long = _unless_clean(shape, "rare(i, 12, 1500)")
    no_hub = _unless_clean(shape, "kind = 'GPF' AND rare(home, 20, 250)")
    return f"""
SELECT device(i) AS device_id, kind AS device_type,
  ['1057', '10E0', '0042', '1A2B'][pick(i, 1, 4) + 1] AS manufacturer,
  CASE WHEN {too_long} THEN repeat('5434', 8) WHEN rare(i, 13, 1200) THEN '5434,"21"52'
    ELSE ['54342152', '00050203', '5434FFFF', '10E00001', '77770001', '00000009'][pick(i, 2, 6) + 1] END AS model,
  ['00123402', '04000007', '00000001'][pick(i, 3, 3) + 1] AS firmware_version,
  CASE WHEN {empty_esme} THEN NULL
    WHEN kind = 'ESME' THEN mpan('12' || lpad(CAST(home AS VARCHAR), 10, '0'))
    WHEN kind = 'GSME' AND NOT ({empty_gsme})
      THEN CAST(2000000000 + home + CASE kind_of(i) WHEN 'PPMID' THEN 500000000 ELSE 0 END AS VARCHAR)
    WHEN kind IN ('PPMID', 'HCALCS', 'CHF') THEN mpan('12' || lpad(CAST(home AS VARCHAR), 10, '0'))
  END AS mpxn,
  CASE WHEN kind = 'CHF' OR {no_hub} THEN NULL ELSE device(hub_of(i)) END
    AS communications_hub_id,
  pick(home, 4, 20) = 0 AS installed_with_ecos
FROM (SELECT i, home_of(i) AS home,
    CASE WHEN kind_of(i) = 'GSME' AND rare(home_of(i), 5, 40) THEN 'PPMID'
      -- A second gas meter on the hub.
      WHEN kind_of(i) = 'PPMID' AND rare(home_of(i), 7, 90) THEN 'GSME' ELSE kind_of(i) END AS kind
  FROM range({shape.devices}) numbers(i))"""


def responsibilities(shape: Shape) -> str:
    """Return the statement of `responsibilities`: one supplier for most homes, CoS, there and back, gaps."""
    # The largest supplier has a quarter of all homes.
    exponent = f"CAST(ln({max(shape.parties, 2)}) / ln(4) AS DOUBLE)"
    nobody = _unless_clean(shape, "rare(home, 22, 300)")
    is_gap = _unless_clean(shape, "pick(home, 23, 100) = 7")
    stranger = _unless_clean(shape, "rare(home, 23, 350)")
    return f"""
WITH homes AS (
  SELECT home, CAST(floor({shape.parties} * pow(share(home, 5), {exponent})) AS BIGINT) AS first,
    CASE WHEN {nobody} THEN 'nobody' WHEN pick(home, 23, 100) < 6 THEN 'change' WHEN pick(home, 23, 100) = 6 THEN 'back'
      WHEN {is_gap} THEN 'gap' WHEN pick(home, 23, 100) = 8 THEN 'month' ELSE 'one' END AS story,
    CASE WHEN pick(home, 24, 3) = 0 THEN ago(share(home, 25) * 40 * 86400) ELSE ago(share(home, 25) * 365 * 86400) END
      AS moment
  FROM range({shape.devices} // 20 * 5 + 5) numbers(home)),
named AS (
  SELECT *, (first + 1 + pick(home, 26, {shape.parties - 1})) % {shape.parties} AS second,
    CASE WHEN story = 'month' THEN date_trunc('month', moment) ELSE moment END AS change
  FROM homes),
spans AS (
  SELECT home, first AS party, TIMESTAMP '2016-01-01' AS since,
    CASE story WHEN 'one' THEN NULL WHEN 'gap' THEN change - INTERVAL 9 DAY ELSE change END AS until
  FROM named WHERE story <> 'nobody'
  UNION ALL SELECT home, second, change, CASE story WHEN 'back' THEN change + INTERVAL 6 DAY END
  FROM named WHERE story IN ('change', 'back', 'gap', 'month')
  UNION ALL SELECT home, first, change + INTERVAL 6 DAY, NULL FROM named WHERE story = 'back')
SELECT device(i) AS device_id,
  CASE WHEN {stranger} THEN '{UNKNOWN_PARTY}' ELSE suppliers.sec_party_id END AS sec_party_id,
  since AS effective_from, spans.until AS effective_to
FROM range({shape.devices}) numbers(i) JOIN spans ON spans.home = home_of(i)
JOIN temp.suppliers ON suppliers.number = spans.party"""


def migration_attempts(shape: Shape) -> str:
    """Return the statement of `migration_attempts`, in the order in which they were recorded."""
    count = int(shape.devices * ATTEMPTS_FOR_EACH_DEVICE)
    step = int(shape.history.total_seconds() * 1_000_000 / max(count, 1))
    stranger = _unless_clean(shape, "rare(j, 31, 1500)")
    return f"""
SELECT j + 1 AS attempt_id,
  CASE WHEN {stranger} THEN device({shape.devices} + j) ELSE device(pick(same, 32, {shape.devices})) END AS device_id,
  CASE pick(j, 33, 997)
    WHEN 0 THEN date_trunc('day', happened) WHEN 1 THEN date_trunc('day', happened) - INTERVAL 1 MICROSECOND
    WHEN 2 THEN date_trunc('day', happened) + INTERVAL 5 HOUR - INTERVAL 1 DAY
    WHEN 3 THEN date_trunc('month', happened) - INTERVAL 1 MICROSECOND
    ELSE happened END AS completed_at,
  CASE WHEN failed THEN 'FAILURE' ELSE 'SUCCESS' END AS outcome,
  CASE WHEN failed THEN ['E0001', 'E20', 'E21', 'MA110', 'T7'][pick(j, 34, 5) + 1] END AS error_code,
  CASE WHEN failed THEN pick(j, 35, 130) - 2 END AS error_sub_code,
  CASE WHEN pick(j, 36, 10) = 0 THEN '00000001' END AS firmware_version,
  recorded AS recorded_at
FROM (
  SELECT j, same, pick(j, 37, 2) = 0 AS failed,
    ago({shape.history.total_seconds()}) + to_microseconds({step} * (j + 1)) AS recorded,
    CASE WHEN pick(j, 38, 60) = 0 AND j = same
        THEN ago({shape.history.total_seconds()}) + to_microseconds({step} * (same + 1))
          - to_microseconds(CAST(86400000000 * 30 * share(j, 39) AS BIGINT))
      ELSE date_trunc('second', ago({shape.history.total_seconds()}) + to_microseconds({step} * (same + 1)))
        - INTERVAL 3 SECOND + to_microseconds(pick(j, 40, 1000000)) END AS happened
  FROM (SELECT j, CASE WHEN j % 211 = 1 THEN j - 1 ELSE j END AS same FROM range({count}) numbers(j)))"""


def device_status_events(shape: Shape) -> str:
    """Return the statement of `device_status_events`; ECoS Devices were installed in the last sixty days."""
    return f"""
WITH homes AS (
  SELECT i, kind_of(i) = 'GPF' AS is_gpf,
    CASE WHEN pick(home_of(i), 4, 20) = 0 THEN ago(share(home_of(i), 51) * 60 * 86400)
      ELSE TIMESTAMP '2019-03-01 12:00:00' + to_seconds(pick(home_of(i), 52, 126000000)) END AS moment
  FROM range({shape.devices}) numbers(i)),
installed AS (SELECT i, moment FROM homes WHERE NOT is_gpf),
events AS (
  SELECT i, NULL AS from_status, 'PENDING' AS to_status, moment - INTERVAL 7 DAY AS occurred_at FROM installed
    WHERE pick(i, 53, 12) = 0
  UNION ALL SELECT i,
    ['PENDING', 'PENDING', 'PENDING', 'WHITELISTED', 'INSTALLED_NOT_COMMISSIONED'][pick(i, 54, 5) + 1],
    'COMMISSIONED', moment + to_microseconds(pick(i, 55, 1000000)) FROM installed
  UNION ALL SELECT i, 'COMMISSIONED', 'SUSPENDED', moment + INTERVAL 9 DAY FROM installed WHERE pick(i, 56, 90) = 0
  UNION ALL SELECT i, 'SUSPENDED', 'COMMISSIONED', moment + INTERVAL 11 DAY FROM installed WHERE pick(i, 56, 90) = 0
  UNION ALL SELECT i, 'COMMISSIONED', 'DECOMMISSIONED', moment + INTERVAL 20 DAY FROM installed
    WHERE pick(i, 57, 120) = 0
  -- Taken out and put in again: a second installation.
  UNION ALL SELECT i, 'DECOMMISSIONED', 'PENDING', moment + INTERVAL 21 DAY FROM installed WHERE pick(i, 57, 360) = 0
  UNION ALL SELECT i, 'PENDING', 'COMMISSIONED', moment + INTERVAL 22 DAY FROM installed WHERE pick(i, 57, 360) = 0
  UNION ALL SELECT i, 'COMMISSIONED', 'DECOMMISSIONED', moment + INTERVAL 15 DAY FROM homes
    WHERE is_gpf AND pick(i, 58, 100) = 0)
SELECT row_number() OVER () AS event_id, device(i) AS device_id, from_status, to_status, occurred_at,
  occurred_at + INTERVAL 2 SECOND AS recorded_at
FROM (SELECT * FROM events WHERE occurred_at + INTERVAL 2 SECOND <= until() ORDER BY occurred_at, i, to_status)"""


def network_notifications(shape: Shape) -> str:
    """Return the statement of `network_notifications`: each GPF's first, and more for some."""
    return f"""
WITH gpfs AS (
  SELECT i, CASE WHEN pick(home_of(i), 4, 20) = 0 THEN ago(share(home_of(i), 51) * 60 * 86400)
      ELSE TIMESTAMP '2019-03-01 12:00:00' + to_seconds(pick(home_of(i), 52, 126000000)) END AS moment
  FROM range({shape.devices}) numbers(i) WHERE kind_of(i) = 'GPF')
SELECT row_number() OVER () AS notification_id, device(i) AS device_id, moment AS occurred_at,
  moment + INTERVAL 2 SECOND AS recorded_at
FROM (SELECT i, moment FROM gpfs UNION ALL SELECT i, moment + INTERVAL 3 DAY FROM gpfs WHERE pick(i, 61, 15) = 0)
WHERE moment + INTERVAL 2 SECOND <= until() ORDER BY moment, i"""


def non_migratable_models() -> str:
    """Return the statement of `non_migratable_models`: in force, withdrawn, in the future, doubled."""
    return """
SELECT * FROM (VALUES
  ('ESME', '1057', '5434FFFF', '00123402', until() - INTERVAL 200 DAY, NULL),
  ('GPF', '10E0', '10E00001', '04000007', until() - INTERVAL 90 DAY, NULL),
  ('GPF', '10E0', '10E00001', '04000007', until() - INTERVAL 60 DAY, NULL),
  ('GSME', '0042', '00050203', '00000001', until() - INTERVAL 80 DAY, date_trunc('month', until())),
  ('ESME', '1A2B', '77770001', '00000001', until() - INTERVAL 70 DAY, until() - INTERVAL 30 DAY),
  ('HCALCS', '1057', '00000009', '00123402', until() + INTERVAL 20 DAY, NULL))
AS models(device_type, manufacturer, model, firmware_version, non_migratable_at, withdrawn_at)"""
