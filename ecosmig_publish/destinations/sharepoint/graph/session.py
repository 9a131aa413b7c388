"""HTTPS as every request here wants it, whichever library sends it."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
LONGEST_ANSWER = 16 << 20
"""Bytes, unpacked: many times the largest page. A few bytes of gzip may stand for any number of them."""
_CHUNK = 1 << 16


class PlainHttpRefused(requests.RequestException):
    """An address without TLS: nothing was sent."""


class AnswerTooLong(requests.RequestException):
    """An answer of more than `LONGEST_ANSWER` bytes; the rest was not read."""


class HttpsSession(requests.Session):
    """TLS only, a time-out on every request, the configured authorities win over those of the environment.

    Redirections are not followed: where they lead decides whether our token may go along. Proxies come from the
    environment; a `.netrc` would put a password in the token's place and is not looked at; no cookie is kept. An
    answer that is no stream is read whole, up to `LONGEST_ANSWER`. `machine_local` is for the machine's own identity
    service, which speaks plain HTTP at a link-local address and no proxy reaches.
    """

    def __init__(
        self,
        ca_bundle: str = "",
        *,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        user_agent: str = "",
        machine_local: bool = False,
    ) -> None:
        super().__init__()
        if user_agent:
            self.headers["User-Agent"] = user_agent
        self._machine_local = machine_local
        # Asked for below, once for each host: by itself it would read the whole environment at every request.
        self.trust_env = False
        self._proxies: dict[str, dict[str, str]] = {}
        self._verify: bool | str = ca_bundle or True
        self._timeout = timeout
        self.auth = _as_it_is
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.mount("https://", HTTPAdapter(max_retries=0, pool_connections=4, pool_maxsize=4))

    def request(self, method: str, url: str, **keywords: Any) -> Response:  # type: ignore[override]
        """See `requests.Session.request`; `verify`, `timeout` and `allow_redirects` are decided here."""
        try:
            address = urlsplit(url)
        except ValueError as error:
            raise requests.exceptions.InvalidURL("this is no address") from error
        if address.scheme != "https" and not self._machine_local:
            raise PlainHttpRefused(f"{address.hostname}: only https is spoken here")
        if not self._machine_local:
            keywords["proxies"] = self._proxies_to(url)
        keywords["verify"] = self._verify
        keywords["allow_redirects"] = False
        # Whatever a library asks for: their default is to wait for ever.
        keywords["timeout"] = self._timeout
        is_stream = keywords.get("stream")
        keywords["stream"] = True
        response = super().request(method, url, **keywords)
        if not is_stream:
            _read_whole(response)
        return response

    def get_redirect_target(self, resp: Response) -> None:
        """Return that an answer leads nowhere: requests would read it, and its address, even if it didn't follow it."""

    def _proxies_to(self, url: str) -> dict[str, str]:
        host = urlsplit(url).netloc
        if host not in self._proxies:
            self._proxies[host] = dict(get_environ_proxies(url))
        return self._proxies[host]


def _read_whole(response: Response) -> None:
    """Read the answer's bytes, which `Response.content` has then. Raises `RequestException`."""
    chunks, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > LONGEST_ANSWER:
            response.close()
            raise AnswerTooLong(f"an answer of more than {LONGEST_ANSWER:,} bytes")
    # `Response.content` itself knows no limit.
    response._content = b"".join(chunks)  # noqa: SLF001


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request
