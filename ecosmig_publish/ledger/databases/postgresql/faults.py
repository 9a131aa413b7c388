"""What a PostgreSQL server and the way to it complain of, as the ledger's own errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from ecosmig_publish.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_OR_PASSWORD = ("the server doesn't let this user in", "Check user and password in ledger.url, or PGPASSWORD.")
_NO_DATABASE = ("there is no such database", "Let who administers the server make it: CREATE DATABASE … OWNER …")
_CROWDED = (
    "the server takes no more connections",
    "End what holds them, or raise the server's max_connections, and run again.",
)
_LOST = (
    "the connection was lost",
    "Run again: it goes on from what is recorded. Whether the last act is, the next run sees for itself.",
)
_UNREACHED = ("the server can't be reached", "Check that it runs, and that ledger.url leads to it: pg_isready")
_NOT_READY = ("the server is starting up or shutting down", "Wait until it is up and run again: pg_isready")
_REFUSED = (
    "the ledger refused to record what contradicts it",
    "This is a fault of the program; nothing was recorded. Report it with this message.",
)
_UNKNOWN = ("the database failed", "See what the server's log says of it, and run again.")

_BY_STATE = {
    "53100": ("the server's disk is full", "Make room on the server and run again; nothing was half written."),
    "53300": _CROWDED,
    "25006": (
        "the database can't be written",
        "Where this server is a standby, let ledger.url lead to the primary, or add ?target_session_attrs=read-write.",
    ),
    "42501": (
        "this user may not do that",
        "Let the ledger's schema belong to the user in ledger.url: ALTER SCHEMA … OWNER TO …",
    ),
    "3F000": ("there is no such schema", "Let who administers the server make it: CREATE SCHEMA … AUTHORIZATION …"),
    "3D000": _NO_DATABASE,
    "28000": _NAME_OR_PASSWORD,
    "28P01": _NAME_OR_PASSWORD,
    "42P01": ("a table of the ledger is missing", "Put back the latest backup, or point ledger.url elsewhere."),
    "55P03": (
        "another program has kept the ledger locked",
        "See who holds it, SELECT * FROM pg_stat_activity, and run again.",
    ),
    "57P03": _NOT_READY,
}
_BY_CLASS = {"08": _LOST, "23": _REFUSED, "53": _CROWDED, "57": _LOST}
_LOST_STATES = ("25P03", "25P04")
"""The server ended a session that had stood still in the middle of a transaction."""
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
    ("permission denied for database", _BY_STATE["42501"]),
    ("starting up", _NOT_READY),
    ("shutting down", _NOT_READY),
    ("not yet accepting", _NOT_READY),
    ("session is read-only", _BY_STATE["25006"]),
    ("server is in hot standby mode", _BY_STATE["25006"]),
    ("connection failed", _UNREACHED),
    ("connection is bad", _UNREACHED),
    ("connection timeout", _UNREACHED),
    ("resolve host", _UNREACHED),
    ("Name or service", _UNREACHED),
    ("invalid", _UNREACHED),
    ("connection", _LOST),
    ("SSL", _LOST),
)


@contextmanager
def postgresql_faults(name: str, password: str) -> Iterator[None]:
    """Turn what SQLAlchemy, the driver and the network raise into `LedgerError`; the password is in none."""
    from psycopg import Error  # noqa: PLC0415 - an extra

    try:
        yield
    except SQLAlchemyError as error:
        raise _ledger_error(name, getattr(error, "orig", None) or error, password) from _without_details(error)
    except (Error, OSError) as error:
        raise _ledger_error(name, error, password) from _without_details(error)


def _ledger_error(name: str, cause: BaseException, password: str) -> LedgerError:
    what, hint = _known(cause)
    said = _primary(cause)
    if password:
        said = said.replace(password, "…")
    return LedgerError(f"ledger {name}: {what} ({said})", hint=hint)


def _known(cause: BaseException) -> tuple[str, str]:
    from psycopg import OperationalError  # noqa: PLC0415 - an extra

    state = getattr(cause, "sqlstate", None) or ""
    if state in _LOST_STATES:
        return _LOST
    known = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if known is None and not state and isinstance(cause, OperationalError | OSError):
        text = _primary(cause)
        known = next((found for words, found in _BY_WORDS if words in text), None)
    return known or _UNKNOWN


def _primary(cause: BaseException) -> str:
    """Return what is said on one line, without details: those quote the row that was refused."""
    diagnosis = getattr(cause, "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    return " ".join(str(primary or cause).split())


def _without_details(error: Exception) -> Exception:
    """Return the error, which is shown to who asks for a traceback, with what it says of rows taken out."""
    cause = getattr(error, "orig", None) or error
    if getattr(getattr(cause, "diag", None), "message_detail", None):
        # The driver's message goes on with the details; SQLAlchemy's repeats it.
        cause.args = (_primary(cause),)
        if error is not cause:
            error.args = (f"{type(cause).__name__}: {_primary(cause)}",)
    return error
