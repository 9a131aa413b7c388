"""What happens to a world: suppliers come, merge and change names; runs are disturbed; people meddle."""

from __future__ import annotations

import errno
import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.workflows.running import Narrowing
from tests.crashes.disturbing import Disturbance
from tests.sharepoint.faults import kinds
from tests.simulation.history import Gone, ReadersBecame
from tests.simulation.places import SharePointPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.world import World

MEDDLED = frozenset({20, 21, 22})
"""How a run may end, beside 0 and 10, after people meddled."""
_STEPS_A_FILE = 10
"""Writes, syncs, links and statements that a run makes for each file, roughly."""
_REQUESTS_A_FILE = 2.2


class Mischief:
    """Decides by the world's own randomness."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = world.random
        self._undo: list[Callable[[], None]] = []
        self._meddled = False
        self._ever_meddled = False
        self._unregistered: list[str] = []
        self._gone: set[str] = set()

    def change_the_world(self) -> None:
        """Change suppliers and mend the source, between two judgements."""
        world, source, now = self._world, self._world.source, self._world.at
        if self._happens(0.7):
            source.mend_some(now)
        if self._happens(0.1):
            self._welcome(source.add_supplier(now, devices=2))
        if self._happens(0.05):
            self._unregistered.append(source.add_supplier(now, devices=2, registered=False))
        elif self._unregistered and self._happens(0.3):
            signifier = self._unregistered.pop()
            source.register_party(signifier, now)
            self._welcome(signifier)
        if self._happens(0.1):
            source.rename(self._random.choice(list(source.register())))
        if self._happens(0.05):
            gone, into = self._random.sample(list(source.register()), 2)
            if into not in self._gone:
                self._gone.add(gone)
                source.merge(gone, into, now + timedelta(hours=self._random.randint(1, 60)))
        world.source.write()

    def run(self) -> int:
        """Let one run happen, disturbed or not; return its exit status."""
        world = self._world
        is_sharepoint = isinstance(world.place, SharePointPlace)
        dice = self._random.random()
        # What was put right may be said once more by whichever run follows the changes next.
        allowed = {0, 10, *(MEDDLED if self._meddled else ()), *((20,) if self._ever_meddled else ())}
        if dice < 0.12:
            allowed |= {-9}
            status = world.run_in_child(*self._death())
        elif dice < 0.16:
            allowed |= {1}
            number = self._random.choice([errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.EIO])
            status = world.run_in_child(Disturbance("fail", self._sometime(self._files() * _STEPS_A_FILE), number))
        elif dice < 0.22:
            status = world.run(self._narrowing())
        elif is_sharepoint and dice < 0.70:
            status = self._run_faulty()
        else:
            status = world.run()
        if status not in allowed:
            world.wrong(f"a run ended with {status}: {world.said}")
        return status

    def meddle(self) -> None:
        """Sometimes, let a person do something to the folders."""
        while self._happens(0.12):
            self._world.tally.meddlings += 1
            self.people_meddled()
            self._random.choice([self._delete, self._edit, self._rename, self._misplace, self._drop, self._widen])()
            self._world.people_were_seen()

    def people_meddled(self) -> None:
        """Expect that runs say so."""
        self._meddled = self._ever_meddled = True

    def undo(self) -> None:
        """Put everything right again that people did."""
        while self._undo:
            self._undo.pop()()
            self._world.people_were_seen()
        self._meddled = False

    # Runs

    def _death(self) -> tuple[Disturbance, int, str]:
        if isinstance(self._world.place, SharePointPlace) and self._happens(0.5):
            at = self._sometime(int(self._files() * _REQUESTS_A_FILE))
            return Disturbance(), at, self._random.choice(["before", "after"])
        kind = self._random.choice(["kill", "kill", "tear"])
        return Disturbance(kind, self._sometime(self._files() * _STEPS_A_FILE)), 0, ""

    def _run_faulty(self) -> int:
        world = self._world
        assert isinstance(world.place, SharePointPlace)
        sandbox, line = world.place.sandbox, world.place.line
        names = kinds(world.driven)
        expected = int(self._files() * _REQUESTS_A_FILE)
        for _ in range(self._random.choice([1, 2, 5, 10, 20])):
            fault = names[self._random.choice(list(names))]
            sandbox.faults.add(replace(fault, at=self._sometime(expected)))
        sandbox.owners_only_see_grants = self._happens(0.1) and not self._meddled
        sandbox.keeps_truncated = self._happens(0.3)
        second = self._sometime(expected) if self._happens(0.2) else 0

        def on_request(number: int, moment: str) -> None:
            if number == second and moment == "before":
                world.run_second()

        line.begin(on_request)
        status = world.run()
        line.begin()
        world.tally.faults += sum(bool(request.fault) for request in sandbox.requests())
        world.place.calm()
        return status

    def _narrowing(self) -> Narrowing:
        register = [Signifier(it) for it in self._world.source.register()]
        few = frozenset(self._random.sample(register, len(register) // 3)) if self._happens(0.6) else ()
        reports = self._random.sample(list(Report), 3) if self._happens(0.6) else ()
        return Narrowing(frozenset(reports), few)

    def _files(self) -> int:
        """Return about how many files a run has to do with."""
        return len(self._world.source.register()) * 6

    def _sometime(self, last: int) -> int:
        """Return a point of a run: the first ones, where most is decided, more often than their share."""
        if self._happens(0.5):
            return self._random.randint(1, max(1, last))
        return int(math.exp(self._random.uniform(0, math.log(max(2, last)))))

    # People

    def _delete(self) -> None:
        owner, name = self._some_file()
        if name:
            content = self._place.read(owner, name)
            self._place.remove(owner, name)
            self._undo.append(lambda: self._place.put(owner, name, content))

    def _edit(self) -> None:
        owner, name = self._some_file()
        if name:
            content = self._place.read(owner, name)
            self._place.put(owner, name, content + b"10,x\r\n" if self._happens(0.5) else b"x" * len(content))
            self._undo.append(lambda: self._place.put(owner, name, content))

    def _rename(self) -> None:
        owner, name = self._some_file()
        if name:
            self._place.move(owner, name, owner, f"old {name}")
            self._undo.append(lambda: self._place.move(owner, f"old {name}", owner, name))

    def _misplace(self) -> None:
        owner, name = self._some_file()
        other = self._random.choice(list(self._place.folders))
        if name and other != owner:
            self._place.move(owner, name, other, name)
            self._undo.append(lambda: self._take_back(owner, other, name))

    def _take_back(self, owner: str, other: str, name: str) -> None:
        self._place.move(other, name, owner, name)
        self._world.history.see(Gone(other, name))

    def _drop(self) -> None:
        """Put a file of one's own into a folder: of any name, or of the one that is to come there next."""
        owner, name = self._random.choice(list(self._place.folders)), f"notes {self._random.random()}.txt"
        with self._world.wiring().ledger() as ledger:
            coming = [file for file in ledger.waiting() if file.published_at is None]
        coming = [file for file in coming if file.recipient in self._place.folders]
        if coming and self._happens(0.7):
            file = self._random.choice(coming)
            owner, name = str(file.recipient), file.name
            if name in self._place.names(owner):
                return
        self._place.put(owner, name, b"mine")

        def undo() -> None:
            self._place.remove(owner, name)
            self._world.history.see(Gone(owner, name))

        self._undo.append(undo)

    def _widen(self) -> None:
        owner = self._random.choice(list(self._place.folders))
        take_back = self._place.widen(owner)
        if take_back is None:
            return
        self._world.history.see(ReadersBecame(owner, right=False))

        def undo() -> None:
            take_back()
            self._world.history.see(ReadersBecame(owner, right=True))

        self._undo.append(undo)

    def _some_file(self) -> tuple[str, str]:
        """Return a file that was published; none where the folder has none."""
        owner = self._random.choice(list(self._place.folders))
        names = [name for name in self._place.names(owner) if name.startswith("ECOSMIG")]
        return owner, self._random.choice(names) if names else ""

    def _welcome(self, signifier: str) -> None:
        """Onboard a supplier now, or let its files wait for a while."""
        if self._happens(0.5):
            self._world.source.write()
            self._world.onboard({signifier: self._world.source.register()[signifier]})
        else:
            self._world.homeless.add(signifier)

    @property
    def _place(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return self._world.place

    def _happens(self, chance: float) -> bool:
        return self._random.random() < chance
