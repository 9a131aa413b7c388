"""The Ibis backend, as this session needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlglot.expressions as sge
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from sqlglot import ErrorLevel

if TYPE_CHECKING:
    from collections.abc import Callable


class EvenSecondsCompiler(PySparkCompiler):
    """Ibis's SQL, with what the other engines say where Spark says it otherwise."""

    __slots__ = ()

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:  # noqa: N802, ARG002 - Ibis's names
        """Return whole seconds, halves to the even one as DuckDB has it."""
        seconds = sge.Cast(this=sge.Cast(this=arg, to=_type("TIMESTAMP")), to=_type("DOUBLE"))
        return sge.Cast(this=self.f.anon.bround(seconds, 0), to=_type("BIGINT"))


class SessionBackend(Backend):
    """Compiles for a session; tables in memory are handed over when an expression first reads them."""

    compiler = EvenSecondsCompiler()

    def __init__(self, hand_over: Callable[[Any], None]) -> None:
        super().__init__()
        self._hand_over = hand_over

    def query(self, expression: Any) -> str:
        """Hand over what an expression reads from memory, and return its SQL."""
        self._run_pre_execute_hooks(expression)
        # From a copy, as in PostgreSQL's: the tree is changed while it is written down.
        tree = self.compiler.to_sqlglot(expression)
        return str(tree.copy().sql(dialect=self.dialect, unsupported_level=ErrorLevel.RAISE))

    def _register_in_memory_table(self, op: Any) -> None:
        self._hand_over(op)


def _type(name: str) -> Any:
    return sge.DataType.build(name, dialect="spark")
