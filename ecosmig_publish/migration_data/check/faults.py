"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error breaks the contract: publish holds the rows concerned. A warning is worth a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule that rows of one table break; `examples` are keys of the first of them, never an MPxN."""

    table: str
    columns: tuple[str, ...]
    rule: str
    severity: Severity
    count: int
    examples: tuple[str, ...]
    message: str
    next_step: str
