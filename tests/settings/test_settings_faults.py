"""Each mistake gets one line that names the file, the key and the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.settings.written import START, refusal

if TYPE_CHECKING:
    from pathlib import Path

SHAREPOINT = '[destination]\nkind = "sharepoint"\n[destination.sharepoint]\nsite_url = "https://c.test/sites/e"\n'

MISTAKES = {
    # Keys that there aren't, at every level.
    'statr = "x"\n': "statr: no such key; did you mean start?",
    '[sorce]\nurl = "csv:a"\n': "sorce: no such key; did you mean source?",
    '[source]\nulr = "csv:a"\n': "source.ulr: no such key; did you mean source.url?",
    '[destination.folder]\npth = "a"\n': "destination.folder.pth: no such key; did you mean destination.folder.path?",
    SHAREPOINT + 'teant_id = "x"\n': "destination.sharepoint.teant_id: no such key; did you mean "
    "destination.sharepoint.tenant_id?",
    '[[suppliers]]\nsignifier = "PXX999"\nuser = ["a"]\n': "suppliers, entry 1: user: no such key; "
    "did you mean suppliers",
    'base = "/"\n': "base: no such key",
    # Numbers.
    "rows_per_file = 0\n": "rows_per_file: must be a whole number from 1 to 999999: the trailer has six digits for it "
    "(found 0)",
    "rows_per_file = 1000000\n": "rows_per_file: must be a whole number from 1 to 999999",
    'rows_per_file = "many"\n': "(found 'many')",
    "rows_per_file = 1.5\n": "rows_per_file: must be a whole number from 1 to 999999",
    "rows_per_file = true\n": "rows_per_file: must be a number, not true or false",
    "[source]\nthreads = -1\n": "source.threads: must be a whole number from 0",
    # Durations.
    '[source]\nsettle = "1 hour"\n': "source.settle: must be a whole number and its unit, such as 90s, 30m, 24h or 2d",
    "[source]\nsettle = 90\n": "source.settle: must be a whole number and its unit",
    '[source]\nsettle = "-5m"\n': "source.settle: must be a whole number and its unit",
    '[source]\nsettle = "367d"\n': "source.settle: longer than 366 days",
    # Choices, texts, addresses.
    'empty_reports = "never"\n': 'empty_reports: must be "skip" or "issue" (found \'never\')',
    '[destination]\nkind = "ftp"\n': 'destination.kind: must be "folder" or "sharepoint" (found \'ftp\')',
    "[outbox]\npath = 5\n": "outbox.path: must be a path, relative to this file's folder or absolute",
    '[source]\nurl = "data"\n': "source.url: must be an address such as parquet:DIR, csv:DIR, duckdb:FILE",
    '[source]\nmemory_limit = "lots"\n': "source.memory_limit: must be a size such as 500MB or 4GB",
    '[ledger]\nurl = "state/ecosmig.db"\n': "ledger.url: must be sqlite:PATH, or postgresql:// and where it is",
    '[ledger]\nurl = "sqlite://state/ecosmig.db"\n': "ledger.url: must be sqlite:PATH",
    '[source.tables]\ndevises = "x"\n': "'devises' is no table of the contract; they are parties, devices,",
    '[source.tables]\ndevices = " "\n': "devices is mapped to nothing",
    # SharePoint's parts.
    '[destination]\nkind = "sharepoint"\n': 'kind = "sharepoint" needs a section [destination.sharepoint]',
    '[destination.sharepoint]\nlibrary = "x"\n': "destination.sharepoint.site_url: missing",
    '[destination.sharepoint]\nsite_url = "http://c.test"\n': "destination.sharepoint.site_url: must be an address "
    "that begins with https://",
    SHAREPOINT: 'identity = "certificate" needs tenant_id and client_id and certificate too',
    SHAREPOINT + 'owners = "EMRR Owners"\n': "destination.sharepoint.owners: must be a list of texts",
    # Recipients.
    '[[suppliers]]\nsignifier = "pxx999"\n': "suppliers, entry 1: signifier: 'pxx999' is not a SEC Party Signifier",
    '[[suppliers]]\nsignifier = "PXX999"\n[[suppliers]]\nsignifier = "PXX999"\n': "suppliers: PXX999 stands there "
    "twice",
    '[[suppliers]]\nsignifier = "PXX999"\nusers = ["a"]\ngroup = "b"\n': "PXX999 has both users and a group",
    "suppliers = 5\n": "suppliers: must be entries [[suppliers]], or the name of a file",
    # Places that would get in each other's way.
    '[outbox]\npath = "published/outbox"\n': "outbox.path and destination.folder.path: one may not be",
    '[outbox]\npath = "published"\n': "outbox.path and destination.folder.path: one may not be",
}

STARTS = {
    "": "start: missing, such as start = 2026-01-01T00:00:00Z",
    "start = 2026-01-01T00:00:00\n": "start: has no zone; end it with Z for UTC",
    "start = 2026-01-01\n": "start: must be an instant with its zone, such as 2026-01-01T00:00:00Z",
    'start = "2026-01-01"\n': "start: must be an instant with its zone",
    'start = "1767225600"\n': "start: must be an instant with its zone",
    "start = 1767225600\n": "start: must be an instant with its zone",
    'start = "2026-13-01T00:00:00Z"\n': "start: must be an instant with its zone",
    "start = 0001-01-01T00:00:00+05:00\n": "start: must be an instant with its zone",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_said_in_one_line_with_its_key_and_rule(tmp_path: Path, text: str) -> None:
    message = refusal(tmp_path, START + text)
    first, line = message.splitlines()
    assert first == f"{tmp_path / 'ecosmig.toml'}: 1 fault in the configuration"
    assert MISTAKES[text] in line


@pytest.mark.parametrize("text", STARTS)
def test_a_start_that_is_no_instant_is_refused(tmp_path: Path, text: str) -> None:
    assert STARTS[text] in refusal(tmp_path, text)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'rows_per_file = 0\n[source]\nsettle = "x"\nulr = 1\n', {"ECOSMIG_SORCE__URL": "a"})
    assert message.splitlines()[0].endswith("5 faults in the configuration")
    assert len(message.splitlines()) == 6


@pytest.mark.parametrize(
    "text",
    [
        '[ledger]\nurl = "mysql://ecosmig:hunter2@db/ecosmig"\n',
        'ledger = "postgresql://ecosmig:hunter2@db/ecosmig"\n',
        'source = "postgresql://ecosmig:hunter2@db/ecosmig"\n',
        '[source]\nurl = "//ecosmig:hunter2@db"\n',
        '[destination.sharepoint]\nsite_url = "hunter2"\n',
        'password = "hunter2"\n',
        'empty_reports = "https://ecosmig:hunter2@db"\n',
        'secret = "hunter2\n',
    ],
)
def test_what_may_be_a_secret_is_never_said(tmp_path: Path, text: str) -> None:
    assert "hunter2" not in refusal(tmp_path, START + text)
