"""Whom the configuration takes for the owner's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHER, ADMINISTRATOR = "f5cae3bf-3729-4619-8a60-3cab359eeefb", "2a9eba0c-df56-4d80-aa75-9159fb7ff337"


def test_the_app_that_onboards_is_no_stranger_in_a_folder_that_it_made(tmp_path: Path) -> None:
    path = tmp_path / "ecosmig.toml"
    path.write_text(
        'start = 2026-01-01T00:00:00Z\n[source]\nurl = "csv:data"\n[destination]\nkind = "sharepoint"\n'
        '[destination.sharepoint]\nsite_url = "https://contoso.sharepoint.com/sites/emrr"\nowners = ["EMRR Owners"]\n'
        f'tenant_id = "contoso"\nclient_id = "{PUBLISHER}"\ncertificate = "publisher.pem"\n'
        f'[destination.sharepoint.onboarding]\nclient_id = "{ADMINISTRATOR}"\ncertificate = "administrator.pem"\n'
        '[[suppliers]]\nsignifier = "PXX001"\nusers = ["ana@alpha.test"]\n',
        encoding="utf-8",
    )
    wiring = Wiring(load_settings(path, {}, tmp_path))
    sharepoint = wiring.settings.destination.sharepoint
    assert sharepoint is not None
    readers = wiring.readers(sharepoint)[Signifier("PXX001")]
    assert readers.owners >= {"EMRR Owners", ADMINISTRATOR}
    assert readers.recipients == {"ana@alpha.test"}
