"""One line for each fault of the configuration: where it stands, what was found, which rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.settings.environment import variable_of
from ecosmig_publish.settings.keys import nearest, rule_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_SHOWN = 40
_START = ", such as start = 2026-01-01T00:00:00Z"
_MAY_HOLD_SECRETS = ("ledger", "source", "destination.sharepoint", "operations")


@dataclass(frozen=True, slots=True)
class Origins:
    """Where values come from, if not from the configuration file: `variables` are keys that the environment set.

    `supplier_places` says for each entry of `suppliers` where it stands in a file of its own.
    """

    variables: frozenset[str]
    supplier_places: tuple[str, ...]


def said(fault: Mapping[str, Any], origins: Origins) -> str:
    """Return the line for one of pydantic's faults; a value that may be a secret is never in it."""
    place, key = _place(fault["loc"], origins)
    kind = fault["type"]
    if kind == "extra_forbidden":
        guess = nearest(key)
        return f"{place}: no such key" + (f"; did you mean {guess}?" if guess else "")
    if kind == "missing":
        return f"{place}: missing" + (_START if key == "start" else "")
    rule = rule_of(key)
    if kind == "value_error" or rule is None:
        message = str(fault["msg"]).removeprefix("Value error, ")
    else:
        message = f"must be {rule}"
    line = f"{message}{_found(key, fault.get('input'))}"
    return f"{place}: {line}" if place else line


def _place(loc: tuple[str | int, ...], origins: Origins) -> tuple[str, str]:
    """Return where a fault stands, as people say it, and its key without the numbers of entries."""
    key = ".".join(part for part in loc if isinstance(part, str))
    numbers = [part for part in loc if isinstance(part, int)]
    if loc[:1] == ("suppliers",) and numbers:
        entry = numbers[0]
        where = origins.supplier_places[entry] if origins.supplier_places else f"suppliers, entry {entry + 1}"
        return ": ".join([where, *(str(part) for part in loc[2:3])]), key
    if key in origins.variables:
        return f"environment: {variable_of(key)}", key
    return key, key


def _found(key: str, value: object) -> str:
    if not isinstance(value, (str, int, float)) or key.startswith(_MAY_HOLD_SECRETS):
        return ""
    text = repr(value)
    return f" (found {text})" if len(text) <= _LONGEST_SHOWN and "://" not in text else ""
