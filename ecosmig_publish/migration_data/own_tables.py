"""The owner's tables as the contract's: each found, or every fault said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.contract import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ecosmig_publish.migration_data.contract import Table

_HINT = "Mend the source, or map its tables and columns under [source.tables]."
_MOST_NAMES = 30


def contract_tables(
    open_table: Callable[[Table, str], tuple[Any, list[str]]],
    mapped: Mapping[str, str],
    source: str,
    where: str,
    there: Callable[[], Iterable[str]],
    *,
    never_a_fault: tuple[type[Exception], ...] = (),
) -> dict[str, Any]:
    """Return the contract's tables by name.

    `open_table` opens what a table is mapped to, and says what is wrong with it; what it raises is a fault too. `there`
    names the tables of the source, which messages call `where`. What is of `never_a_fault` is raised as it comes.
    Raises `SourceError` that lists every fault.
    """
    hint = _HINT
    found: dict[str, Any] = {}
    faults: list[str] = []
    for name, table in CONTRACT.items():
        own = mapped.get(name, name)
        try:
            found[name], wrong = open_table(table, own)
        except never_a_fault:
            raise
        except SourceError as error:
            faults.append(f"table {name}: {error}")
            hint = error.hint or hint
        except Exception as error:  # noqa: BLE001 - engines have many ways to say no; each is a fault of the mapping
            faults.append(_missing(name, own, mapped, error, where, there()))
        else:
            faults += wrong
    if faults:
        raise SourceError(
            f"{source}: {len(faults)} breach{'es' if len(faults) > 1 else ''} of the source contract\n  - "
            + "\n  - ".join(faults),
            hint=hint,
        )
    return found


def is_select(own: str) -> bool:
    """Whether a table is mapped to a query, and not to a name."""
    return own.lstrip().lower().startswith(("select", "with", "(", "from"))


def _missing(name: str, own: str, mapped: Mapping[str, str], error: Exception, where: str, there: Iterable[str]) -> str:
    names = sorted(there)
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    listed = (", ".join(names[:_MOST_NAMES]) or "none") + more
    if name in mapped:
        first = str(error).strip().splitlines()[0]
        # The engine says no more than the name of a table that it lacks.
        reason = f"neither a table that is there nor a SELECT (there are: {listed})" if first == own else first
        return f"[source.tables] {name} = {own!r}: {reason}"
    return f"table {name}: missing from {where} (there are: {listed})"
