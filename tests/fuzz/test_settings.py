"""The configuration: its file, its environment, its suppliers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings import load_settings
from ecosmig_publish.settings.durations import parse_duration
from ecosmig_publish.settings.environment import variable_of
from ecosmig_publish.settings.instants import parse_instant
from ecosmig_publish.settings.keys import known_keys
from ecosmig_publish.settings.suppliers import read_suppliers
from ecosmig_publish.settings.template import render_template
from tests.fuzz.examples import fuzzed, parsed, refusal
from tests.fuzz.mutations import spoilt

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = b"""\
start = 2026-01-01T00:00:00Z
empty_reports = "skip"
rows_per_file = 10
[source]
url = "parquet:data"
settle = "90s"
[source.tables]
devices = "SELECT * FROM d"
[ledger]
url = "sqlite:state/ecosmig.db"
[destination]
kind = "sharepoint"
[destination.sharepoint]
site_url = "https://contoso.sharepoint.com/sites/emrr"
owners = ["EMRR Owners"]
identity = "workload"
access_proof_max_age = "24h"
workers = 4
[destination.sharepoint.onboarding]
identity = "device-code"
[[suppliers]]
signifier = "PXX999"
users = ["ops@example-energy.test"]
"""
CSV = b'signifier,users,group\r\nPXX001,"a@x.test; b@x.test",\r\nPXX002,,0e1b2c3d-0000-0000-0000-000000000000\r\n'
LINES = st.one_of(
    st.sampled_from(
        (
            b"x = " + b"[" * 3000,
            b"x = " + b"{a=" * 3000,
            b"rows_per_file = " + b"9" * 5000,
            b"rows_per_file = 1e999",
            b"rows_per_file = nan",
            b"rows_per_file = true",
            b"start = 0001-01-01T00:00:00+23:59",
            b"start = 9999-12-31T23:59:59-23:59",
            b"start = 2026-01-01",
            b"start = [2026-01-01T00:00:00Z]",
            b'outbox.path = "\\u0000"',
            b'start = 2026-01-01T00:00:00Z\noutbox.path = "\\u0000"',
            b'suppliers = "\\u0000.csv"',
            b'suppliers = "' + b"a" * 5000 + b'.csv"',
            b'suppliers = "/dev/null.csv"',
            b'suppliers = ".csv"',
            b"suppliers = [1, {}, []]",
            b'base = "x"',
        )
    ),
    st.binary(max_size=80),
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=40)
"""What an environment can hold: lone surrogates stand for bytes that are no UTF-8."""


OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def load(home: Path, content: bytes, environ: dict[str, str]) -> None:
    file = home / "ecosmig.toml"
    file.write_bytes(content)
    load_settings(file, environ, home)


@fuzzed(150)
@given(st.one_of(spoilt(WHOLE), LINES, st.tuples(LINES, st.just(WHOLE)).map(b"\n".join)))
def test_any_file_is_a_configuration_or_a_configuration_error(tmp_path: Path, content: bytes) -> None:
    refusal(lambda: load(tmp_path, content, {}), ConfigurationError)


def test_the_template_is_spoilt_into_nothing_worse(tmp_path: Path) -> None:
    @fuzzed(100)
    @given(spoilt(render_template().encode()))
    def holds(content: bytes) -> None:
        refusal(lambda: load(tmp_path, content, {}), ConfigurationError)

    holds()


@fuzzed(150)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from([variable_of(key) for key in known_keys()]), TEXTS.map("ECOSMIG_{}".format)),
        st.one_of(
            TEXTS,
            st.sampled_from(("[" * 5000, "{}", "[]", "[1]", '{"devices": 1}', '{"a": {"b": 1}}', "1e999", "9" * 5000)),
        ),
        max_size=4,
    )
)
def test_any_environment_is_a_configuration_or_a_configuration_error(tmp_path: Path, environ: dict[str, str]) -> None:
    environ.pop("ECOSMIG_CONFIG", None)
    refusal(lambda: load(tmp_path, WHOLE, environ), ConfigurationError)


@fuzzed(100)
@given(st.one_of(TEXTS, st.just("a" * 5000), st.just("\0")))
def test_any_path_is_a_configuration_or_a_configuration_error(tmp_path: Path, path: str) -> None:
    refusal(lambda: load_settings(None, {"ECOSMIG_CONFIG": path}, tmp_path), ConfigurationError)


@fuzzed(150)
@given(st.one_of(spoilt(CSV), st.binary(max_size=200)), st.sampled_from((".csv", ".toml")))
def test_any_list_of_suppliers_is_read_or_a_configuration_error(tmp_path: Path, content: bytes, suffix: str) -> None:
    file = tmp_path / f"suppliers{suffix}"
    file.write_bytes(content)
    refusal(lambda: read_suppliers(file), ConfigurationError)
    text = WHOLE.partition(b"[[suppliers]]")[0]
    refusal(lambda: load(tmp_path, b'suppliers = "suppliers' + suffix.encode() + b'"\n' + text, {}), ConfigurationError)


@fuzzed(150)
@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{1,10}[smhd]", fullmatch=True), st.integers(), st.none()))
def test_a_duration_is_some_time_of_less_than_a_year_or_refused(value: Any) -> None:
    duration = parsed(parse_duration, value)
    assert duration is None or timedelta(0) <= duration <= timedelta(days=366)


@fuzzed()
@given(st.integers(0, 366 * 24 * 60 * 60))
def test_a_duration_that_is_written_is_read_back(seconds: int) -> None:
    assert parse_duration(f"{seconds}s") == timedelta(seconds=seconds)


@fuzzed(150)
@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?([+-][0-9]{2}:[0-9]{2}|Z)?", fullmatch=True
        ),
    )
)
def test_an_instant_is_in_utc_or_refused(text: str) -> None:
    moment = parsed(parse_instant, text)
    assert moment is None or moment.tzinfo is UTC


@fuzzed()
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS))  # noqa: DTZ001 - hypothesis adds the zone
def test_an_instant_that_is_written_is_read_back(moment: Any) -> None:
    assert parse_instant(moment.isoformat()) == moment
