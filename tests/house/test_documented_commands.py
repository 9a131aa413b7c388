"""Every command that the documents tell somebody to type exists, with its options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from ecosmig_publish.cli.main import app

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_IN_BLOCK = re.compile(r"^(?:sudo -u \w+ )?(?:\$ )?(?:\.venv/bin/)?ecosmig (.*)$", re.MULTILINE)
_INLINE = re.compile(r"`ecosmig ([^`]+)`")


def commands_in(text: str) -> list[str]:
    found = [found.partition(" #")[0].split(" && ")[0].split(" > ")[0] for found in _IN_BLOCK.findall(text)]
    return [" ".join(it.split()) for it in (*found, *_INLINE.findall(text))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_that_a_document_names_is_one(document: Path) -> None:
    root = typer.main.get_command(app)
    for line in commands_in(document.read_text(encoding="utf-8")):
        words = [word for word in shlex.split(line.replace("…", "")) if word != "--help"]
        command = root
        while words and (of := getattr(command, "commands", None)) is not None:
            assert words[0] in of, f"{document.name}: ecosmig {line}"
            command = of[words.pop(0)]
        options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= options, f"{document.name}: ecosmig {line}"
