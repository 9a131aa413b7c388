from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from .made import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ecosmig_publish.ledger import Ledger
    from tests.postgresql import Server

    NewPlace = Callable[[], Place]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewPlace:
    """Return what makes places without a ledger, once in files and once on a server."""
    if request.param == "sqlite":
        return lambda: Place(tmp_path_factory.mktemp("ledger"))
    server: Server = request.getfixturevalue("server")
    return lambda: Place(tmp_path_factory.mktemp("ledger"), server.url(server.fresh_database()))


@pytest.fixture
def place(new_place: NewPlace) -> Place:
    return new_place()


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger in a file, to be copied: making one takes half a second."""
    base = tmp_path_factory.mktemp("made")
    Place(base).opened().close()
    return base / "state"


@pytest.fixture(scope="session")
def made_database(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same on a server."""
    name = server.fresh_database()
    Place(tmp_path_factory.mktemp("made"), server.url(name)).opened().close()
    return name


@pytest.fixture
def new_opened_place(request: pytest.FixtureRequest, new_place: NewPlace) -> NewPlace:
    """Return what makes places with an empty ledger."""

    def made_place() -> Place:
        place = new_place()
        if place.url.startswith("postgresql"):
            server: Server = request.getfixturevalue("server")
            database = server.fresh_database(like=request.getfixturevalue("made_database"))
            return Place(place.base, server.url(database))
        shutil.copytree(request.getfixturevalue("made_file"), place.base / "state")
        return place

    return made_place


@pytest.fixture
def opened_place(new_opened_place: NewPlace) -> Place:
    return new_opened_place()


@pytest.fixture
def ledger(opened_place: Place) -> Iterator[Ledger]:
    with opened_place.opened() as ledger:
        yield ledger


@pytest.fixture
def database(server: Server, made_database: str) -> str:
    """An empty ledger's database on a server."""
    return server.fresh_database(like=made_database)


@pytest.fixture
def server_place(server: Server, database: str, tmp_path: Path) -> Place:
    return Place(tmp_path, server.url(database))


@pytest.fixture
def server_ledger(server_place: Place) -> Iterator[Ledger]:
    with server_place.opened() as ledger:
        yield ledger


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that this test alone stops and starts."""
    from tests.postgresql import Server  # noqa: PLC0415 - few tests need it

    with Server.started() as server:
        yield server
