"""The Ibis backend, as this session needs it: what is handed over goes by COPY, what comes back too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlglot.expressions as sge
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from sqlglot import ErrorLevel

if TYPE_CHECKING:
    from collections.abc import Callable


class CodePointCompiler(PostgresCompiler):
    """Ibis's SQL, with what the other engines say where PostgreSQL says it otherwise."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, str] = {}

    def visit_InMemoryTable(self, op: Any, *, name: str, schema: Any, data: Any) -> Any:  # noqa: N802, ARG002 - Ibis's names
        """Read a table in memory where it was handed over to."""
        return sge.table_(self.places[name], quoted=True)

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:  # noqa: N802, ARG002 - as above
        """Return whole seconds, halves to the even one as DuckDB has it, and not a decimal number."""
        return self.cast_to_bigint(sge.Cast(this=self.f.extract("epoch", arg), to=_type("DOUBLE PRECISION")))

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802 - as above
        """Let a text made from something else compare by code point."""
        cast = super().visit_Cast(op, arg=arg, to=to)
        if to.is_string() and not op.arg.dtype.is_string():
            return sge.Collate(this=cast, expression=sge.to_identifier("C", quoted=True))
        return cast

    def cast_to_bigint(self, value: Any) -> Any:
        """Return a value as a whole number."""
        return sge.Cast(this=value, to=_type("BIGINT"))


class SessionBackend(Backend):
    """Compiles for a session; tables in memory are handed over when an expression first reads them."""

    def __init__(self, hand_over: Callable[[Any], None]) -> None:
        super().__init__()
        self.compiler = CodePointCompiler()
        self._hand_over = hand_over

    @property
    def places(self) -> dict[str, str]:
        """The tables in memory that were handed over, by name, and the tables that they were handed over to."""
        return self.compiler.places

    def query(self, expression: Any) -> str:
        """Return an expression's SQL.

        From a copy of Ibis's tree, in which some parts stand twice: it is changed while it is written down.
        """
        tree = self.compiler.to_sqlglot(expression)
        return str(tree.copy().sql(dialect=self.dialect, unsupported_level=ErrorLevel.RAISE))

    def prepare(self, expression: Any) -> None:
        """Hand over what the expression reads from memory."""
        self._run_pre_execute_hooks(expression)

    def _register_in_memory_table(self, op: Any) -> None:
        self._hand_over(op)


def _type(name: str) -> Any:
    return sge.DataType.build(name, dialect="postgres")
