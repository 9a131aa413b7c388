"""The PostgreSQL database under the ledger: one writer at a time, on however many hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from sqlalchemy import create_engine, event

from ecosmig_publish.ledger.databases.postgresql.faults import postgresql_faults
from ecosmig_publish.ledger.databases.postgresql.liveness import SESSION_NAME, AdvisoryLockLiveness
from ecosmig_publish.postgresql_address import PATIENCE, connection_parameters, name_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Self

    import psycopg
    from sqlalchemy import Connection, Engine

_WRITES, _READS_ONLY = "ecosmig_writes", "ecosmig_reads_only"

_BEGIN_WRITING = """
SELECT set_config('lock_timeout', '60s', true),
       set_config('idle_in_transaction_session_timeout', '60s', true),
       CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END,
       pg_advisory_xact_lock(hashtext('ecosmig ledger ' || current_schema()), 0)
"""
"""Writers come one after the other.

A writer whose host stands still, or was cut off, keeps the others waiting for less than a lease lasts: then the
server ends its transaction. What is committed is on disk, whatever the server's default.
"""

_NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@dataclass(frozen=True, slots=True)
class PostgresqlDatabase:
    """A ledger's tables in the schema that its address leads to, which they need for themselves."""

    parameters: dict[str, str] = field(repr=False)
    mark: str = field(default_factory=lambda: uuid4().hex)
    """What this process's sessions are called at the server, and its holding of a lease."""

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the database at an address. Raises `ConfigurationError`."""
        return cls(connection_parameters(url, "ledger.url"))

    @property
    def name(self) -> str:
        """The address without the password."""
        return name_of(self.parameters)

    @property
    def directory(self) -> None:
        """None: the server keeps the files."""
        return

    def make(self) -> None:
        """Do nothing: a database is made by who administers the server."""

    def is_there(self) -> bool:
        """Return True: whether it can be reached is seen by the first connection."""
        return True

    def engine(self, *, read_only: bool) -> Engine:
        """Return an engine; a connection that was cut while nobody used it is replaced unseen."""
        engine = create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            pool_pre_ping=True,
            use_native_hstore=False,
            # Values, which may be a Device ID, stay out of messages.
            hide_parameters=True,
            execution_options={_READS_ONLY: read_only},
        )
        event.listen(engine, "begin", _begin)
        return engine

    def writing(self, engine: Engine) -> Engine:
        """Return the engine with transactions that wait for their turn, and see what was committed before it."""
        return engine.execution_options(**{_WRITES: True})

    def faults(self) -> AbstractContextManager[None]:
        """Turn what SQLAlchemy, the driver and the network raise into `LedgerError`."""
        return postgresql_faults(self.name, self.parameters.get("password", ""))

    def clock(self, connection: Connection, now: Callable[[], datetime]) -> datetime:  # noqa: ARG002 - the server's it is
        """Return the server's present instant."""
        return datetime.fromisoformat(connection.exec_driver_sql(_NOW).scalar_one())

    def liveness(self) -> AdvisoryLockLiveness:
        """Return a liveness by a lock that the server frees with the session that has it."""
        return AdvisoryLockLiveness(self._connect, self.mark)

    def _connect(self) -> psycopg.Connection[Any]:
        import psycopg  # noqa: PLC0415 - an extra

        parameters = {**PATIENCE, **self.parameters, "application_name": f"{SESSION_NAME}{self.mark}"}
        return psycopg.connect(**parameters)  # type: ignore[arg-type]  # all of libpq's parameters may be text


def _begin(connection: Connection) -> None:
    from psycopg import IsolationLevel  # noqa: PLC0415 - an extra

    options = connection.get_execution_options()
    writes = options.get(_WRITES, False)
    session = cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
    # Said to the driver, which says it to the server as the transaction begins. A writer that saw what was there at
    # its first statement, as a reader does, would see what was there before its turn came.
    session.isolation_level = IsolationLevel.READ_COMMITTED if writes else IsolationLevel.REPEATABLE_READ
    # None: a standby refuses to hear of a transaction that writes, and says of the first write what is the matter.
    session.read_only = True if not writes or options[_READS_ONLY] else None
    if writes:
        connection.exec_driver_sql(_BEGIN_WRITING)
