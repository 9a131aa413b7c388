"""The stand-in beside an installation of the benchmark of history: a library that holds what the ledger published."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from ecosmig_publish.ledger import AccessProof
from ecosmig_publish.sandbox import Sandbox
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from tests.benchmarks.history_made import CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier

ROOT, STAGING = "ECoS Migration Reports", "_staging"


class StandIn:
    """A copy of an installation that publishes into the stand-in, made where it is missing; `home` is the copy's."""

    def __init__(self, installation: Path, parties: Mapping[Signifier, str]) -> None:
        self.home = installation / "standing"
        is_made = (self.home / "made").exists()
        self._sandbox = Sandbox(self.home / "sandbox").start()
        self._configure(parties)
        if not is_made:
            self._fill(installation, parties)
            (self.home / "made").touch()

    def stop(self) -> None:
        """Stop answering."""
        self._sandbox.stop()

    def asked(self) -> int:
        """Return how many requests came since this was asked last."""
        count = len(self._sandbox.requests())
        self._sandbox.clear_requests()
        return count

    def _configure(self, parties: Mapping[Signifier, str]) -> None:
        users = "".join(f'[[suppliers]]\nsignifier = "{it}"\nusers = ["{_mail(it)}"]\n' for it in parties)
        text = CONFIGURATION.replace("../data", "../../data") + self._sandbox.configuration() + users
        (self.home / "ecosmig.toml").write_text(text, encoding="utf-8")

    def _fill(self, installation: Path, parties: Mapping[Signifier, str]) -> None:
        """Let the library hold every file of the ledger, and the ledger's copy know it by the library's ids."""
        shutil.copytree(installation / "state", self.home / "state")
        library = self._sandbox.library()
        library.make_folder(f"{STAGING}/anchors")
        folders: dict[str, str] = {}
        for signifier, name in parties.items():
            path = f"{ROOT}/{signifier} {name}"
            folders[signifier] = library.make_folder(path).id
            person = self._sandbox.people.add_person(_mail(signifier), guest=True)
            library.break_inheritance(path, keep=False)
            library.grant(path, "siteGroup", "3", "owner")
            library.grant(path, "user", person.id, "read")
            files = sorted(file.name for file in (installation / "published" / f"{signifier} {name}").iterdir())
            library.fill(path, files, (installation / "bytes" / signifier).read_bytes())
        self._know(folders)

    def _know(self, folders: Mapping[str, str]) -> None:
        # Past the acts, which say what the folders on disk call a file: here nobody checks them.
        with closing(sqlite3.connect(self.home / "state/ecosmig.db")) as database, database:
            database.execute("ATTACH ? AS standing", (str(self.home / "sandbox/state.db"),))
            database.executemany(
                "UPDATE folders SET folder_id = ? WHERE signifier = ?",
                [(it, signifier) for signifier, it in folders.items()],
            )
            database.execute(
                "CREATE TEMP TABLE known AS SELECT f.id AS file_id, i.id AS item_id FROM standing.item i "
                "JOIN main.files f ON f.name = i.name WHERE i.folder = 0"
            )
            database.execute("CREATE UNIQUE INDEX temp.known_file ON known (file_id)")
            database.execute(
                "UPDATE publications SET item_id = (SELECT item_id FROM known k WHERE k.file_id = publications.file_id)"
            )
        settings = load_settings(self.home / "ecosmig.toml", {}, self.home)
        wiring = Wiring(settings)
        with wiring.ledger() as ledger:
            for signifier, entry in ledger.folders().items():
                proof = AccessProof(signifier, entry.folder_id, ("a reader",), is_exact=True, looked_at=wiring.now())
                ledger.record_access_proof(proof)
            destination = wiring.publishing(ledger)
            ledger.record_change_token(destination.followed, destination.delta_token())  # type: ignore[attr-defined]


def _mail(signifier: Signifier) -> str:
    return f"reader@{signifier.lower()}.test"
