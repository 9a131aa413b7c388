"""Invented suppliers, awkward names among them."""

from __future__ import annotations

_AWKWARD = (
    "A & B Power, Gas / Heat",
    "O'Connor's Energy",
    "100% Renewable #1 Ltd",
    "Énergie Côtière — Ynni Môn",
    'The "Green" Supply: Company?',
    "Example Energy Retail Holdings (Great Britain and Northern Isles) Smart Metering Services Limited",
)
_FIRST = ("Northern", "Harbour", "Kestrel", "Meadow", "Granite", "Lantern", "Orchard", "Tidal", "Beacon", "Willow")
_SECOND = ("Energy", "Power", "Gas & Electric", "Supply", "Utilities", "Home Energy")


def parties(count: int) -> list[tuple[str, str]]:
    """Return `count` signifiers with party names."""
    return [(f"P{_base36(number):>05}", _name(number)) for number in range(1, count + 1)]


def _name(number: int) -> str:
    if number <= len(_AWKWARD):
        return _AWKWARD[number - 1]
    first, second = _FIRST[number % len(_FIRST)], _SECOND[number // len(_FIRST) % len(_SECOND)]
    return f"{first} {second} {number}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
    return digits
