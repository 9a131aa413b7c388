"""HTTPS as every request here wants it, whichever library sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0


class PlainHttpRefused(requests.RequestException):
    """An address without TLS: nothing was sent."""


class HttpsSession(requests.Session):
    """TLS only, a time-out on every request, the configured authorities win over those of the environment.

    Redirections are not followed: where they lead decides whether our token may go along. Proxies come from the
    environment; a `.netrc` would put a password in the token's place and is not looked at. `machine_local` is for the
    machine's own identity service, which speaks plain HTTP at a link-local address and no proxy reaches.
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
        self.mount("https://", HTTPAdapter(max_retries=0, pool_connections=4, pool_maxsize=4))

    def request(self, method: str, url: str, **keywords: Any) -> Response:  # type: ignore[override]
        """See `requests.Session.request`; `verify`, `timeout` and `allow_redirects` are decided here."""
        if urlsplit(url).scheme != "https" and not self._machine_local:
            raise PlainHttpRefused(f"{urlsplit(url).hostname}: only https is spoken here")
        if not self._machine_local:
            keywords["proxies"] = self._proxies_to(url)
        keywords["verify"] = self._verify
        keywords["allow_redirects"] = False
        # Whatever a library asks for: their default is to wait for ever.
        keywords["timeout"] = self._timeout
        return super().request(method, url, **keywords)

    def _proxies_to(self, url: str) -> dict[str, str]:
        host = urlsplit(url).netloc
        if host not in self._proxies:
            self._proxies[host] = dict(get_environ_proxies(url))
        return self._proxies[host]


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request
