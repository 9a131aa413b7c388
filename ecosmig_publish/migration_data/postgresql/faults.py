"""What a PostgreSQL server and the way to it complain of, as faults of the source; none of them quotes a row."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.migration_data.postgresql.session import Session

_NAME_OR_PASSWORD = (
    "the server doesn't let this user in",
    "Check the user in source.url, and PGPASSWORD or PGPASSFILE.",
)
_NO_DATABASE = ("there is no such database", "Check the database's name in source.url.")
_UNREACHED = ("the server can't be reached", "Check that it runs, and that source.url leads to it: pg_isready")
_NOT_READY = ("the server is starting up or shutting down", "Wait until it is up and run again: pg_isready")
_CROWDED = ("the server takes no more connections", "End what holds them, or raise max_connections, and run again.")
_LOST = ("the connection was lost", "Run again: nothing of a slot that broke off is recorded.")
_FULL = (
    "the server has no more room",
    "Make room on the server, or raise temp_file_limit of the user in source.url, and run again.",
)
_NOT_A_PRIMARY = (
    "the server is a standby, which makes no temporary tables",
    "Let source.url lead to the primary, or to a copy that takes part in logical replication.",
)
_MAY_NOT = (
    "this user may not do that",
    "GRANT SELECT on the seven tables, and TEMPORARY on the database, to the user in source.url.",
)
_NO_TEMPORARY = (
    "this user may make no temporary tables",
    "GRANT TEMPORARY ON DATABASE … TO the user in source.url: what slots compute in between lies there.",
)
_TIMED_OUT = (
    "the server stopped a query that took too long",
    "Raise it for the user in source.url: ALTER ROLE … SET statement_timeout = '1h'",
)
_IN_RECOVERY = ("the server stopped a query that stood in its way", "Run again.")
_BAD_VALUE = ("a value can't be what its column is mapped to", "Check the query under [source.tables].")
_UNKNOWN = ("the database failed", "See what the server's log says of it: ecosmig data check")

_BY_STATE = {
    "25006": _NOT_A_PRIMARY,
    "28000": _NAME_OR_PASSWORD,
    "28P01": _NAME_OR_PASSWORD,
    "3D000": _NO_DATABASE,
    "42501": _MAY_NOT,
    "53100": _FULL,
    "53400": _FULL,
    "57014": _TIMED_OUT,
    "57P03": _NOT_READY,
    "40001": _IN_RECOVERY,
    "25P03": _LOST,
    "25P04": _LOST,
}
_BY_CLASS = {"08": _LOST, "22": _BAD_VALUE, "53": _CROWDED, "57": _LOST}
_BY_WORDS = (
    # libpq gives no code for what happened before a session began.
    ("password authentication failed", _NAME_OR_PASSWORD),
    ("no password supplied", _NAME_OR_PASSWORD),
    ("no pg_hba.conf entry", _NAME_OR_PASSWORD),
    ("authentication failed", _NAME_OR_PASSWORD),
    ("too many", _CROWDED),
    ("connection slots", _CROWDED),
    ('FATAL: role "', _NAME_OR_PASSWORD),
    ('FATAL: database "', _NO_DATABASE),
    ("permission denied for database", _MAY_NOT),
    ("starting up", _NOT_READY),
    ("shutting down", _NOT_READY),
    ("not yet accepting", _NOT_READY),
    ("connection failed", _UNREACHED),
    ("connection is bad", _UNREACHED),
    ("connection timeout", _UNREACHED),
    ("resolve host", _UNREACHED),
    ("Name or service", _UNREACHED),
    ("invalid", _UNREACHED),
    ("connection", _LOST),
    ("SSL", _LOST),
)
_CANCELED = "57014"
_OURS = ("psycopg", "ibis", "sqlglot", "pyarrow")


@contextmanager
def postgresql_faults(source: str, session: Session | None, password: str = "") -> Iterator[None]:
    """Turn what the driver, the network and Ibis raise into `SourceError`; a cancelled query is an interruption."""
    try:
        yield
    except EcosmigError:
        raise
    except Exception as error:
        if session is not None and session.was_interrupted and getattr(error, "sqlstate", None) == _CANCELED:
            raise KeyboardInterrupt from error
        if type(error).__module__.partition(".")[0] not in _OURS and not isinstance(error, OSError):
            raise
        raise source_error(source, error, password) from _without_details(error)


def source_error(source: str, error: BaseException, password: str = "") -> SourceError:
    """Return what an error of the driver's means for the source, without what it quotes of rows."""
    what, hint = _known(error)
    said = _said(error)
    if password:
        said = said.replace(password, "…")
    return SourceError(f"{source}: {what} ({said})", hint=hint)


def _known(error: BaseException) -> tuple[str, str]:
    state = getattr(error, "sqlstate", None) or ""
    text = _said(error)
    if "temporary tables" in text and state in ("42501", ""):
        return _NO_TEMPORARY
    if "during recovery" in text:
        return _NOT_A_PRIMARY
    known = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if known is None and not state:
        known = next((found for words, found in _BY_WORDS if words in text), None)
    return known or _UNKNOWN


def _said(error: BaseException) -> str:
    """Return what is said, on one line, without details and values: those are of a row."""
    diagnosis = getattr(error, "diag", None)
    primary = " ".join(str(getattr(diagnosis, "message_primary", None) or error).split())[:300]
    is_of_value = (getattr(error, "sqlstate", None) or "").startswith("22")
    return re.sub(r'"[^"]*"?', "…", primary) if is_of_value else primary


def _without_details(error: Exception) -> Exception:
    """Return the error, which is shown to who asks for a traceback, with what it says of rows taken out."""
    if getattr(error, "sqlstate", None):
        error.args = (_said(error),)
    return error
