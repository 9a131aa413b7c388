"""No whole answer came: was the request sent, and can it pass."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import requests
import urllib3.exceptions as lower

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.session import PlainHttpRefused
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN, Action, Decision
from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.sharepoint.graph.calls import Kind

NOT_SENT = Decision(
    Action.REPEAT,
    DestinationBusyError,
    "no connection",
    "Check the network, the proxy (HTTPS_PROXY) and the addresses in [destination.sharepoint].",
)
PROXY = Decision(Action.REPEAT, DestinationBusyError, "the proxy gives no way", "Check HTTPS_PROXY and NO_PROXY.")
SILENT = Decision(Action.LOOK, DestinationBusyError, "no answer in time", AGAIN)
BROKEN = Decision(Action.LOOK, DestinationBusyError, "the connection broke", AGAIN)
UNTRUSTED = Decision(
    Action.STOP,
    RefusedError,
    "the server's certificate can't be trusted",
    "Name the authority that signed it, in PEM: destination.sharepoint.ca_bundle",
)
NO_BUNDLE = Decision(
    Action.STOP,
    RefusedError,
    "the file of trusted authorities can't be read",
    "Check destination.sharepoint.ca_bundle.",
)
PLAIN = Decision(Action.STOP, RefusedError, "an address without TLS", "Use https:// everywhere.")
WRONG_ADDRESS = Decision(
    Action.STOP, RefusedError, "this is no address", "Check graph_url and authority in [destination.sharepoint]."
)


def decide_broken(error: Exception, kind: Kind) -> Decision:
    """Return what a failed exchange means. What may have arrived counts as arrived."""
    return _decide(error).for_kind(kind)


def _decide(error: Exception) -> Decision:  # noqa: PLR0911 - one line for each kind of fault
    if isinstance(error, PlainHttpRefused):
        return PLAIN
    if isinstance(error, requests.exceptions.SSLError):
        # Trust is decided before anything is sent; a connection that breaks inside TLS isn't.
        return UNTRUSTED if "CERTIFICATE" in str(error).upper() else BROKEN
    if isinstance(error, requests.exceptions.ProxyError):
        return PROXY
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return NOT_SENT
    if isinstance(error, requests.exceptions.Timeout):
        return SILENT
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return WRONG_ADDRESS
    if isinstance(error, requests.exceptions.RequestException):
        return NOT_SENT if _never_connected(error) else BROKEN
    return NO_BUNDLE


def _never_connected(error: BaseException) -> bool:
    return any(
        isinstance(cause, lower.NewConnectionError | lower.NameResolutionError | lower.ConnectTimeoutError)
        or (isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED)
        for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what is wrapped in it, however the libraries wrap."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
        waiting.extend(cause for cause in inner if isinstance(cause, BaseException))
