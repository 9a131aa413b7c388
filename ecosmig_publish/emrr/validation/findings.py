"""What a validation says."""

from __future__ import annotations

from dataclasses import dataclass

Fault = tuple[str, str, str]
"""Field, rule, message: a finding that doesn't know yet where it stands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule; `record` counts from 1, 0 for the file as a whole. No message quotes a detail's value."""

    file: str
    record: int
    field: str
    rule: str
    message: str
