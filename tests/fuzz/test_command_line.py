"""What may stand on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.cli.places import files_in, folders_in, owner_of
from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers
from ecosmig_publish.errors import ExitStatus, UsageError
from tests.cli.driving import ecosmig
from tests.fuzz.examples import fuzzed, refusal

LETTERS = st.one_of(
    st.characters(exclude_characters="\0", codec="utf-8"), st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
)
"""What a process can be given: no NUL; bytes that are no UTF-8 come as single surrogates."""
WORDS = st.one_of(st.text(LETTERS, max_size=20), st.sampled_from(("9" * 5000, "²", "٣", "-1", "a" * 5000, "[", "**")))
COMMANDS = (
    ("plan", "--as-of"),
    ("publish", "--report"),
    ("publish", "--supplier"),
    ("status", "--config"),
    ("audit", "list", "--limit"),
    ("audit", "export", "--from"),
    ("supplier", "access"),
    ("report", "validate"),
    ("report", "sequence"),
    ("report", "read"),
    ("report", "schema"),
    ("held", "--limit"),
    (),
)


@fuzzed()
@given(st.one_of(WORDS, st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}.{0,12}", fullmatch=True)))
def test_a_word_for_an_instant_is_one_or_wrong_usage(text: str) -> None:
    refusal(lambda: parse_instant(text), UsageError)


@fuzzed()
@given(st.lists(WORDS, max_size=3))
def test_words_for_reports_and_suppliers_are_some_or_wrong_usage(words: list[str]) -> None:
    refusal(lambda: parse_reports(words), UsageError)
    refusal(lambda: parse_suppliers(words), UsageError)


@fuzzed()
@given(st.lists(WORDS.map(Path), min_size=1, max_size=2))
def test_words_for_files_and_folders_are_some_or_wrong_usage(places: list[Path]) -> None:
    places = [place for place in places if str(place) not in (".", "/") and "**" not in str(place)]
    refusal(lambda: files_in(places), UsageError)
    refusal(lambda: folders_in(places), UsageError)
    for place in places:
        owner_of(place)


@fuzzed(150)
@given(st.sampled_from(COMMANDS), st.lists(WORDS, max_size=2), st.booleans())
def test_no_command_line_is_a_fault_of_the_program(
    tmp_path: Path, command: tuple[str, ...], words: list[str], json: Any
) -> None:
    ended = ecosmig(tmp_path, *command, *words, *(["--json"] if json else []))
    assert ended.status in (ExitStatus.OK, ExitStatus.USAGE, ExitStatus.FINDING), ended.err
    assert all(letter.isprintable() or letter == "\n" for letter in ended.err), ended.err
