"""Entra that has no time: told apart from an answer before msal sees it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

import requests

from ecosmig_publish.destinations.sharepoint.waiting.server_words import read_headers


class EntraBusy(requests.RequestException):
    """Entra has no time; `wait_seconds` is what it said, 0 for nothing.

    Raised below msal, which would keep the answer for seconds, and take it for an unknown tenant at times.
    """

    def __init__(self, status: int, wait_seconds: float) -> None:
        super().__init__(f"Entra is busy or out of order ({status})")
        self.wait_seconds = wait_seconds


def raise_when_busy(response: requests.Response, **_keywords: object) -> None:
    """Raise `EntraBusy` for an answer that is none."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        words = read_headers(response.headers, datetime.now(UTC))
        response.close()
        raise EntraBusy(response.status_code, words.wait_seconds or 0.0)
