"""Key, token, upload address: never in a log, a representation or an error."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest
import requests
import responses

from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Call, Kind
from ecosmig_publish.destinations.sharepoint.redaction import redacted
from ecosmig_publish.destinations.sharepoint.sign_in.key_file import KeyFile
from ecosmig_publish.destinations.sharepoint.waiting import Patience
from ecosmig_publish.errors import DestinationError
from ecosmig_publish.sandbox import Fault
from tests.destinations.conformance.bench import sample
from tests.destinations.sharepoint.answering import graph
from tests.destinations.sharepoint.keys import NOW
from tests.destinations.sharepoint.test_faults_at_each_request import LARGE, place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.driven import DrivenTime
    from tests.destinations.sharepoint.stand import Stand

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJyb2xlcyI6WyJTIl19.c2lnbmF0dXJl"  # noqa: S105
ADDRESS = "https://contoso.sharepoint.com/upload/SECRETPATH?tempauth=SECRETTICKET&x=1"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"bearer opaqueSECRET-{TOKEN}",
        f"HTTPSConnectionPool(host='c', port=443): Max retries exceeded with url: {ADDRESS[30:]} (Caused by X)",
        ADDRESS,
        '{"access_token": "opaqueSECRET", "client_assertion":"opaqueSECRET"}',
        "client_assertion=opaqueSECRET&grant_type=client_credentials",
        '{"device_code": "SECRETCODE", "user_code":"SECRETCODE", "refresh_token": "opaqueSECRET"}',
        "could not connect to postgresql+psycopg://ecosmig:SECRETWORD@db.test:5432/ledger",
        "-----BEGIN RSA PRIVATE KEY-----\nSECRETKEY\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nSECRETKEY",
    ],
)
def test_no_secret_is_left_in_a_text(text: str) -> None:
    clean = redacted(text)
    assert "SECRET" not in clean
    assert TOKEN not in clean


def test_what_is_no_secret_stays() -> None:
    text = "GET https://graph.microsoft.com/v1.0/drives/b!x/items/01ABC?$select=id: 404 itemNotFound"
    assert redacted(text) == text


def test_nothing_secret_is_in_a_representation() -> None:
    shown = repr(
        [
            Call(Kind.FRAGMENT, address=ADDRESS, data=b"10,1234567890123"),
            Answer(200, {"uploadUrl": ADDRESS}, {"Location": ADDRESS}),
            KeyFile("SECRETKEY", "certificate", NOW),
        ]
    )
    assert "SECRET" not in shown
    assert "1234567890123" not in shown


@responses.activate
def test_an_error_and_its_causes_show_no_secret_however_they_are_printed(driven: DrivenTime) -> None:
    responses.put(ADDRESS, body=requests.exceptions.ConnectionError(f"Max retries exceeded with url: {ADDRESS}"))
    with pytest.raises(DestinationError) as failed:
        graph(driven, patience=Patience(attempts=2)).send(Call(Kind.FRAGMENT, method="PUT", data=b"x", address=ADDRESS))
    assert failed.value.__cause__ is not None
    seen: list[BaseException] = [failed.value]
    for error in seen:
        seen += [one for one in (error.__cause__, error.__context__) if one is not None and one not in seen]
    assert len(seen) > 1
    assert "SECRET" not in "".join(f"{error!r} {error}" for error in seen)
    assert "SECRET" not in "".join(traceback.format_exception(failed.value))


def test_at_the_lowest_level_of_logging_no_secret_is_logged(
    stand: Stand, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    publisher, folder = stand.publisher(patience=Patience(attempts=3)), stand.recipient()
    with stand.fault(Fault("reset", method="PUT", path="^/upload/"), Fault("expired_token", path="^/v1.0", at=3)):
        place(publisher, folder, sample(tmp_path, LARGE))
    b"".join(publisher.read(folder, next(iter(stand.standing(folder)))))
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    key = stand.sandbox.publisher.pem.read_text().split()[5]
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    logged = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours)
    assert "eyJ" not in logged
    assert key not in logged
    for request in stand.sandbox.requests():
        address = request.path.partition("?")[0]
        assert not address.startswith(("/upload/", "/download/")) or address not in logged
