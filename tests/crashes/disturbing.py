"""Counts what a run does to the disk and the ledger, and disturbs it at one of these points."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = ("open", "write", "pwrite", "ftruncate", "fsync", "link", "rename", "unlink", "rmdir", "mkdir")
FILLING = ("open", "write", "fsync", "link", "rename", "mkdir")
"""What a disk refuses when it is full or read-only."""
_SIGNALS = {"term": signal.SIGTERM, "int": signal.SIGINT}
STATEMENTS = ("BEGIN", "INSERT", "UPDATE", "DELETE", "CREATE")


@dataclass(slots=True)
class Disturbance:
    """What happens at the point `at`, counted from 1; where `name` is given, among the points of that name.

    `kill`, `tear` (half a write, then kill), `term`, `int` (as Ctrl-C), `fail` (the disk, from then on,
    with the error `number`) or `hold` (until something comes on stdin).
    """

    kind: str = ""
    at: int = 0
    number: int = 0
    name: str = ""
    points: list[str] = field(default_factory=list)
    _lock: Any = field(default_factory=Lock)

    def install(self) -> None:
        """Put this under everything that this process does from now on."""
        for name in CALLS:
            setattr(os, name, self._hooked(name, getattr(os, name)))
        event.listen(Engine, "before_cursor_execute", self._on_statement)
        event.listen(Engine, "commit", self._on_commit)

    def _hooked(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(*arguments: Any, **keywords: Any) -> Any:
            if name != "open" or arguments[1] & os.O_CREAT:
                self._reach(name, arguments)
            return real(*arguments, **keywords)

        return hooked

    def _on_statement(self, _connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if statement.startswith(STATEMENTS):
            self._reach(f"sql {' '.join(statement.split()[:3])}", ())

    def _on_commit(self, _connection: Any) -> None:
        self._reach("sql COMMIT", ())

    def _reach(self, name: str, arguments: tuple[Any, ...]) -> None:
        with self._lock:
            self.points.append(name)
            number = self.points.count(self.name) if self.name else len(self.points)
        if self.name not in ("", name):
            return
        if self.kind == "fail":
            if number >= self.at and name in FILLING:
                raise OSError(self.number, os.strerror(self.number))
        elif number == self.at:
            self._disturb(name, arguments)

    def _disturb(self, name: str, arguments: tuple[Any, ...]) -> None:
        if self.kind in _SIGNALS:
            os.kill(os.getpid(), _SIGNALS[self.kind])
            return
        if self.kind == "hold":
            sys.stdout.write("holding\n")
            sys.stdout.flush()
            sys.stdin.readline()
            return
        if self.kind == "tear" and name == "write":
            os.writev(arguments[0], [memoryview(arguments[1])[: len(arguments[1]) // 2]])
        os.kill(os.getpid(), signal.SIGKILL)
