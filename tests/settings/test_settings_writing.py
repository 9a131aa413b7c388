"""Settings written as TOML load as the same settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.settings.writing import settings_toml
from tests.settings.written import START, loaded

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
start = 2026-01-01T01:00:00+01:00
empty_reports = "issue"
rows_per_file = 1000
[source]
url = "csv:/data/it's \\"there\\"\\u007f"
settle = "90s"
[source.tables]
parties = '''SELECT *
FROM "own parties"'''
[ledger]
url = "sqlite:/state/ecosmig.db"
[outbox]
path = "/state/outbox"
[brake]
enabled = false
vanished_share = 0.5
[destination]
kind = "sharepoint"
[destination.sharepoint]
site_url = "https://contoso.sharepoint.com/sites/emrr"
owners = ["EMRR Owners", "Énergie"]
access_proof_max_age = "6h"
tenant_id = "t"
client_id = "c"
certificate = "/secrets/publisher.pem"
[destination.sharepoint.onboarding]
client_id = "a"
[[suppliers]]
signifier = "PXX999"
users = ["ops@example-energy.test", "two@example-energy.test"]
[[suppliers]]
signifier = "PXX998"
group = "readers"
"""


def test_everything_that_can_be_set_is_written_and_read_back(tmp_path: Path) -> None:
    settings = loaded(tmp_path, FULL)
    assert loaded(tmp_path, settings_toml(settings)) == settings


def test_what_has_its_default_is_left_out(tmp_path: Path) -> None:
    text = settings_toml(loaded(tmp_path))
    assert text.startswith(START)
    assert "rows_per_file" not in text
    assert "workers" not in text
