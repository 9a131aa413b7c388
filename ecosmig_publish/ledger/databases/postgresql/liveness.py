"""Whether the holder of the lease lives, by a lock that the server frees with its session."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

SESSION_NAME = "ecosmig "
"""What every session's `application_name` begins with; its process's mark follows."""

_KEY = "hashtext('ecosmig ledger ' || current_schema()), %(fence)s"
# A server may end idle sessions; this one is idle by design.
_STAY = "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'"
_TRY = f"SELECT pg_try_advisory_lock({_KEY})"
_WAIT = f"SELECT set_config('lock_timeout', '1s', false), pg_advisory_lock({_KEY})"
_UNLOCK = f"SELECT pg_advisory_unlock({_KEY})"
_END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = %(name)s AND datname = current_database() AND pid <> pg_backend_pid()
"""


class AdvisoryLockLiveness:
    """Holds a lock for each fence in a session of its own, which does nothing else."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], holder: str) -> None:
        self._connect = connect
        self._session: psycopg.Connection[Any] | None = None
        self._held: int | None = None
        self.holder = holder

    def is_free(self, fence: int) -> bool:
        """Whether no session has the fence's lock."""
        is_free = bool(self._ask(_TRY, fence=fence))
        if is_free:
            self._ask(_UNLOCK, fence=fence)
        return is_free

    def becomes_free(self, fence: int) -> bool:
        """Wait a second at most: the server learns of a client's death a moment after it."""
        from psycopg.errors import LockNotAvailable  # noqa: PLC0415 - an extra

        try:
            self._ask(_WAIT, fence=fence)
        except LockNotAvailable:
            return False
        self._ask(_UNLOCK, fence=fence)
        return True

    def hold(self, fence: int) -> None:
        """Have the fence's lock. Raises `LockedError` where a session has it that this ledger knows nothing of."""
        if not self._ask(_TRY, fence=fence):
            raise LockedError(
                f"a session that the ledger knows nothing of holds its lease {fence}",
                hint="Was the ledger put back from a backup beside a run? Let that run end, then run again.",
            )
        self._held = fence

    def keep(self) -> None:
        """Look whether the session is still there; open another where it is not."""
        from psycopg import OperationalError  # noqa: PLC0415 - an extra

        try:
            self._ask("SELECT 1")
        except OperationalError:
            self._close()
            # In vain where another run has it by now, or the server still believes in the old session.
            self._ask(_TRY, fence=self._held)

    def end_holder(self, holder: str) -> None:
        """End another holder's sessions, where this user may."""
        from psycopg import Error  # noqa: PLC0415 - an extra

        with suppress(Error):
            self._ask(_END, name=f"{SESSION_NAME}{holder}")

    def release(self) -> None:
        """End the session, and with it the lock."""
        self._held = None
        self._close()

    def _ask(self, statement: str, **values: object) -> Any:
        if self._session is None:
            session = self._connect()
            session.autocommit = True
            session.execute(_STAY)
            self._session = session
        row = self._session.execute(statement.encode(), values).fetchone()
        return row[-1] if row else None

    def _close(self) -> None:
        from psycopg import Error  # noqa: PLC0415 - an extra

        if self._session is not None:
            with suppress(Error):
                self._session.close()
            self._session = None
