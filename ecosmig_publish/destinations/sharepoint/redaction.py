"""Keys, tokens and upload addresses taken out of text, before anybody logs or prints it."""

from __future__ import annotations

import logging
import re

from ecosmig_publish.destinations.sharepoint.faults import LowerFault

GONE = "[removed]"

_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_TOKEN = re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}")
_BEARER = re.compile(r"(?i)\b(bearer\s+)[^\s'\",;]+")
_SECRET = re.compile(
    r"(?i)\b(tempauth|access_token|refresh_token|id_token|device_code|user_code|client_assertion|client_secret|assertion"
    r"|password|passwd|sig|authkey)(=|['\"]?:\s*['\"]?)[^\s&'\",)}]+"
)
_USER_INFO = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")
_PATH_OF_UPLOAD = re.compile(r"(?i)(/(?:upload|uploadsession|download)[\w.]*/)[^\s?'\"),]+")
_LOGGERS = (
    "urllib3.connectionpool",
    "urllib3.util.retry",
    "office365.runtime.types.event_handler",
    "msal.application",
    "msal.authority",
    "msal.managed_identity",
    "msal.oauth2cli.oauth2",
    "msal.oauth2cli.assertion",
    "msal.throttled_http_client",
    "msal.token_cache",
)


def redacted(text: str) -> str:
    """Return `text` without private keys, tokens and the secret parts of addresses."""
    text = _KEY.sub(GONE, text)
    text = _SECRET.sub(rf"\1\2{GONE}", text)
    text = _BEARER.sub(rf"\1{GONE}", text)
    text = _TOKEN.sub(GONE, text)
    text = _USER_INFO.sub(rf"\1{GONE}", text)
    return _PATH_OF_UPLOAD.sub(rf"\1{GONE}", text)


def lower_fault(error: BaseException) -> LowerFault:
    """Return what a library's error says, fit to be shown as a cause."""
    return LowerFault(redacted(f"{type(error).__name__}: {error}"))


def keep_logs_clean() -> None:
    """Take secrets out of what the libraries below log; may be repeated."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if _REDACTING not in logger.filters:
            logger.addFilter(_REDACTING)


class _Redacting(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        # A traceback would print the library's own error.
        record.exc_info = record.exc_text = None
        return True


_REDACTING = _Redacting()
