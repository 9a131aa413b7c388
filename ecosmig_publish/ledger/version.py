"""Which version of the schema a ledger has, and how it is brought up to this program's.

alembic is imported only where something is to be made or changed: a run with nothing to do shouldn't pay
for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.tables import acts

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""Every version of the schema, oldest first; each has its module in `migrations/versions`."""

CURRENT = REVISIONS[-1]

_VERSION_TABLE = "alembic_version"


def stored_revision(connection: Connection, name: str) -> str | None:
    """Return the schema's version, None for an empty database; raise `LedgerError` where it is no ledger."""
    names = inspect(connection).get_table_names()
    if _VERSION_TABLE not in names:
        if names:
            raise LedgerError(
                f"ledger {name}: this is a database, but not a ledger of ecosmig",
                hint="Point ledger.url at the ledger's own file, database or schema, or at a new one.",
            )
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def refuse_newer(connection: Connection, name: str, revision: str, program_version: str) -> None:
    """Raise `LedgerError` where a later ecosmig has changed the schema."""
    if revision in REVISIONS:
        return
    raise LedgerError(
        f"ledger {name}: its schema {revision} was written by ecosmig {_last_writer(connection)}; "
        f"this is ecosmig {program_version}, which knows schemas up to {CURRENT}",
        hint="Use the newer ecosmig on this ledger: pip install --upgrade ecosmig-publish",
    )


def bring_up_to_date(connection: Connection) -> None:
    """Make or change the schema, inside the connection's transaction: all of it or nothing."""
    from alembic import command  # noqa: PLC0415 - half a second that the fast path must not pay
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "ecosmig_publish.ledger:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, CURRENT)
    except CommandError as error:
        raise LedgerError(
            f"the ledger's schema can't be brought to {CURRENT}: {error}",
            hint="The installation is not whole: install ecosmig-publish again.",
        ) from error


def upgrade_deed(revision: str) -> Deed:
    """Return what is put on the record of a schema that was brought up from an earlier one."""
    return Deed("upgrade-ledger", f"{revision} to {CURRENT}", {"from": revision, "to": CURRENT})


def _last_writer(connection: Connection) -> str:
    try:
        version = connection.execute(select(acts.c.version).order_by(acts.c.id.desc()).limit(1)).scalar()
    except SQLAlchemyError:
        version = None
    return version or "of a later version"
