from __future__ import annotations

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


@pytest.fixture
def on_server(server: Server, tmp_path: Path) -> Place:
    """A place on a server, for what is so there alone."""
    return Place(tmp_path, server.url(server.fresh_database()))


@pytest.fixture(scope="session")
def made_ledger(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with an empty ledger, to be copied: making one takes half a second."""
    name = server.fresh_database()
    Place(tmp_path_factory.mktemp("ledger"), server.url(name)).opened().close()
    return name


@pytest.fixture
def opened_place(request: pytest.FixtureRequest, new_place: NewPlace) -> Place:
    place = new_place()
    if place.url.startswith("postgresql"):
        server: Server = request.getfixturevalue("server")
        return Place(place.base, server.url(server.fresh_database(like=request.getfixturevalue("made_ledger"))))
    place.opened().close()
    return place


@pytest.fixture
def ledger(opened_place: Place) -> Iterator[Ledger]:
    with opened_place.opened() as ledger:
        yield ledger
