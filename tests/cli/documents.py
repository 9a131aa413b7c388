"""The documents that commands give with `--json`, held against their schemas."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import typer
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from ecosmig_publish.cli.main import app
from ecosmig_publish.cli.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ERROR = "error"
_TEXT_ALL_THE_SAME = {"--help", "-h", "--version", "--show-completion", "--install-completion"}


def check_document(arguments: Sequence[str], out: str) -> None:
    """Fail where what a command line with `--json` wrote to stdout is not as its schema says."""
    if "--json" not in arguments or not out or _TEXT_ALL_THE_SAME.intersection(arguments):
        return
    document = json.loads(out)
    name = ERROR if is_error(document) else command_of(arguments)
    fault = fault_of(name, document)
    assert fault is None, fault


def is_error(document: Any) -> bool:
    """Whether a document is what any command gives where it fails."""
    return isinstance(document, dict) and set(document) == {"error"} and isinstance(document["error"], dict)


def fault_of(name: str, document: Any) -> str | None:
    """Return what is wrong with a document by the schema of that name, the worst of it; None where nothing is."""
    fault = best_match(_validator(name).iter_errors(document))
    if fault is None:
        return None
    return (
        f"`ecosmig {name.replace('-', ' ')} --json` and its schema differ at {fault.json_path}: {fault.message[:600]}\n"
        f"A key or a value that was added belongs into ecosmig_publish/cli/schemas/{name}.json, with its description, "
        "or into shared.json beside it; one that was there is neither renamed nor dropped."
    )


def command_of(arguments: Sequence[str]) -> str:
    """Return the name of the schema of the command that a command line calls."""
    command, words = _root(), []
    for argument in arguments:
        if argument in getattr(command, "commands", {}):
            words.append(argument)
            command = command.commands[argument]
    return "-".join(words)


def commands() -> list[str]:
    """Return the names of the schemas that there should be, one for each command."""
    return sorted("-".join(words) for words in words_of_commands())


def words_of_commands() -> list[tuple[str, ...]]:
    """Return the words of every command, such as `("audit", "list")`."""
    return _leaves(_root(), ())


def _leaves(command: Any, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    below = getattr(command, "commands", None)
    if below is None:
        return [words]
    return [leaf for name, of in below.items() for leaf in _leaves(of, (*words, name))]


@cache
def _root() -> Any:
    return typer.main.get_command(app)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(name))
