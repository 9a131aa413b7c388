from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecosmig_publish.settings.environment import variable_of
from ecosmig_publish.settings.keys import is_section, known_keys
from tests.settings.written import START, loaded

SITE = "https://contoso.sharepoint.com/sites/emrr"

# Every key of interface.md: as the environment writes it, and what it then means.
KEYS: dict[str, tuple[str, Any]] = {
    "start": ("2025-06-01T00:00:00+01:00", datetime(2025, 5, 31, 23, 0, tzinfo=UTC)),
    "empty_reports": ("issue", "issue"),
    "rows_per_file": ("1000", 1000),
    "source.url": ("csv:/srv/data", "csv:/srv/data"),
    "source.settle": ("30m", timedelta(minutes=30)),
    "source.tables": ('{"devices": "owner.devices"}', {"devices": "owner.devices"}),
    "source.memory_limit": ("500MB", "500MB"),
    "source.threads": ("2", 2),
    "ledger.url": ("sqlite:/srv/ledger.db", "sqlite:/srv/ledger.db"),
    "outbox.path": ("/srv/outbox", "/srv/outbox"),
    "brake.enabled": ("false", False),
    "brake.size_factor": ("50", 50),
    "brake.size_floor_rows": ("0", 0),
    "brake.history": ("12", 12),
    "brake.vanished_share": ("0.5", 0.5),
    "brake.vanished_recipients": ("3", 3),
    "operations.identity": ("publisher@example.test", "publisher@example.test"),
    "operations.log": ("/srv/ecosmig.log", Path("/srv/ecosmig.log")),
    "operations.metrics": ("/srv/ecosmig.prom", Path("/srv/ecosmig.prom")),
    "operations.traces": ("http://localhost:4318/v1/traces", "http://localhost:4318/v1/traces"),
    "operations.on_failure": ("'/srv/page it' now", ("/srv/page it", "now")),
    "operations.on_finding": ('["/srv/mail", "a, b"]', ("/srv/mail", "a, b")),
    "operations.on_recovery": ("/srv/mail", ("/srv/mail",)),
    "operations.webhook": ("https://hooks.example.test/x", "https://hooks.example.test/x"),
    "destination.kind": ("folder", "folder"),
    "destination.folder.path": ("/srv/published", "/srv/published"),
    "destination.folder.anchors": ("/srv/anchors", "/srv/anchors"),
    "destination.sharepoint.site_url": (SITE, SITE),
    "destination.sharepoint.library": ("Reports", "Reports"),
    "destination.sharepoint.root_folder": ("ECoS", "ECoS"),
    "destination.sharepoint.staging_folder": ("_new", "_new"),
    "destination.sharepoint.owners": ("EMRR Owners, dpo@example.test", ("EMRR Owners", "dpo@example.test")),
    "destination.sharepoint.access_proof_max_age": ("2d", timedelta(days=2)),
    "destination.sharepoint.identity": ("managed", "managed"),
    "destination.sharepoint.tenant_id": ("t", "t"),
    "destination.sharepoint.client_id": ("c", "c"),
    "destination.sharepoint.certificate": ("/srv/publisher.pem", "/srv/publisher.pem"),
    "destination.sharepoint.authority": ("https://login.example.test", "https://login.example.test"),
    "destination.sharepoint.graph_url": ("https://graph.example.test", "https://graph.example.test"),
    "destination.sharepoint.ca_bundle": ("/srv/ca.pem", "/srv/ca.pem"),
    "destination.sharepoint.resource_units_per_minute": ("1200", 1200),
    "destination.sharepoint.workers": ("8", 8),
    "destination.sharepoint.onboarding.identity": ("device-code", "device-code"),
    "destination.sharepoint.onboarding.tenant_id": ("t", "t"),
    "destination.sharepoint.onboarding.client_id": ("c", "c"),
    "destination.sharepoint.onboarding.certificate": ("/srv/admin.pem", "/srv/admin.pem"),
}

# interface.md's table of keys, with the values that it shows.
INTERFACE = """
start = 2026-01-01T00:00:00Z
empty_reports = "skip"
rows_per_file = 999999
[source]
url = "parquet:data"
settle = "0s"
[source.tables]
[ledger]
url = "sqlite:state/ecosmig.db"
[outbox]
path = "state/outbox"
[destination]
kind = "folder"
[destination.folder]
path = "published"
[destination.sharepoint]
site_url = "https://contoso.sharepoint.com/sites/emrr"
library = "Documents"
root_folder = "ECoS Migration Reports"
staging_folder = "_staging"
owners = ["EMRR Owners"]
access_proof_max_age = "24h"
identity = "certificate"
tenant_id = "11111111-2222-3333-4444-555555555555"
client_id = "11111111-2222-3333-4444-555555555555"
certificate = "secrets/publisher.pem"
authority = "https://login.microsoftonline.com"
graph_url = "https://graph.microsoft.com"
ca_bundle = ""
resource_units_per_minute = 0
workers = 4
[destination.sharepoint.onboarding]
[[suppliers]]
signifier = "PXX999"
users = ["ops@example-energy.test"]
"""


def test_the_configuration_of_the_interface_is_accepted(tmp_path: Path) -> None:
    settings = loaded(tmp_path, INTERFACE)
    assert settings.destination.sharepoint is not None
    assert settings.destination.sharepoint.certificate == tmp_path / "secrets/publisher.pem"


def test_every_key_that_is_no_section_is_tried_here() -> None:
    assert {key for key in known_keys() if not is_section(key)} == {*KEYS, "suppliers"}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_can_come_from_the_environment(tmp_path: Path, key: str) -> None:
    value, meant = KEYS[key]
    environ = {variable_of(key): value}
    if ".sharepoint." in key:
        environ.setdefault(variable_of("destination.sharepoint.site_url"), SITE)
    found: Any = loaded(tmp_path, START, environ)
    for name in key.split("."):
        found = getattr(found, name)
    assert (str(found) if isinstance(meant, str) else found) == meant


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    text = START + 'rows_per_file = 5\n[source]\nurl = "csv:there"\nsettle = "1h"\n'
    settings = loaded(tmp_path, text, {"ECOSMIG_SOURCE__URL": "csv:here", "ECOSMIG_ROWS_PER_FILE": "7"})
    assert (settings.source.url, settings.source.settle, settings.rows_per_file) == ("csv:here", timedelta(hours=1), 7)


def test_a_table_of_the_source_can_come_from_the_environment(tmp_path: Path) -> None:
    text = START + '[source.tables]\ndevices = "a"\nparties = "b"\n'
    settings = loaded(tmp_path, text, {"ECOSMIG_SOURCE__TABLES__DEVICES": "SELECT * FROM c"})
    assert settings.source.tables == {"devices": "SELECT * FROM c", "parties": "b"}


def test_tables_come_from_the_environment_as_json_and_one_by_one_together(tmp_path: Path) -> None:
    environ = {"ECOSMIG_SOURCE__TABLES": '{"devices": "a", "parties": "b"}', "ECOSMIG_SOURCE__TABLES__DEVICES": "c"}
    assert loaded(tmp_path, START, environ).source.tables == {"devices": "c", "parties": "b"}


def test_suppliers_can_come_from_the_environment_as_json(tmp_path: Path) -> None:
    environ = {"ECOSMIG_SUPPLIERS": '[{"signifier": "PXX999", "users": ["a@example.test"]}]'}
    assert loaded(tmp_path, START, environ).suppliers[0].users == ("a@example.test",)


def test_relative_paths_start_at_the_files_folder(tmp_path: Path) -> None:
    settings = loaded(tmp_path, START + '[outbox]\npath = "waiting"\n[destination.folder]\npath = "/srv/out"\n')
    assert (settings.outbox.path, str(settings.destination.folder.path)) == (tmp_path / "waiting", "/srv/out")


def test_an_empty_ca_bundle_is_none(tmp_path: Path) -> None:
    text = START + f'[destination.sharepoint]\nsite_url = "{SITE}"\nca_bundle = ""\n'
    sharepoint = loaded(tmp_path, text).destination.sharepoint
    assert sharepoint is not None
    assert sharepoint.ca_bundle == ""
