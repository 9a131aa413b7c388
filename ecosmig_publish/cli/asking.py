"""A question to a person at a terminal."""

from __future__ import annotations

import sys

import typer

from ecosmig_publish.errors import UsageError


def is_at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, otherwise: str) -> None:
    """Ask on stderr, and return where the answer is yes. Raises `UsageError` where it is no; then `otherwise` holds."""
    try:
        is_sure = typer.confirm(question, err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None
    if not is_sure:
        raise UsageError(f"not confirmed: {otherwise}")
