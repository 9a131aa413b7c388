from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.postgresql import Server


@pytest.fixture(scope="session")
def english(server: Server) -> str:
    """A database whose texts are ordered as in an English dictionary; `owner` may read what is put there."""
    database = server.english_database()
    if database is None:
        pytest.skip("no English locale can be made here: it needs localedef, and Debian's package locales")
    with server.connection(database) as connection:
        connection.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO owner")
    return database
