"""What `json-schema` shows."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ecosmig_publish.cli.schemas import schema_names, schema_of
from ecosmig_publish.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation

_LIST = "json-schema"


def show_schema(invocation: Invocation, words: Sequence[str]) -> int:
    """Print one schema, whether `--json` was given or not. Raises `UsageError` where no command is so called."""
    name = "-".join(words)
    if name not in schema_names():
        raise UsageError(f"json-schema {' '.join(words)}: there is no such command", hint=_hint(name))
    replace(invocation, json=True).result(schema_of(name), lambda: None)
    return ExitStatus.OK


def list_schemas(invocation: Invocation) -> int:
    """List the commands with what their documents are."""
    commands = [
        {"command": _command(name), "title": schema["title"], "id": schema["$id"], "print": _printing(name)}
        for name in schema_names()
        for schema in (schema_of(name),)
    ]
    invocation.result({"commands": commands}, lambda: _render(commands))
    return ExitStatus.OK


def _command(name: str) -> str:
    """Return the words of a schema's name; the words of no command but this one have a `-` in them."""
    return name if name == _LIST else name.replace("-", " ")


def _printing(name: str) -> str:
    return f"ecosmig json-schema {_command(name)}"


def _hint(name: str) -> str:
    """Return the command that prints the nearest, those of a group where a group was named, else the list."""
    names = schema_names()
    group = [of for of in names if of.startswith(f"{name}-")]
    near = group or get_close_matches(name, names, n=1)
    return " · ".join(map(_printing, near)) or "ecosmig json-schema lists those that there are."


def _render(commands: Sequence[dict[str, str]]) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    rows = [(it["command"], it["title"]) for it in commands]
    show_table("", ("command", "its document"), rows, whole=("command",))
    show_line("One of them: ecosmig json-schema audit list")
