"""Whether whole columns of texts are what their fields ask for, without a look at each row in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecosmig_publish.emrr.catalogue import FieldKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.catalogue import Field

_INTEGER = r"\A(?:0|-?[1-9][0-9]*)\z"
_DATETIME = r"\A[0-9]{8}T[0-9]{6}\z"
_DATETIME_LENGTH = 15
_EPOCH_MONTH = 1970 * 12


class Details:
    """The details of one file, a column of texts for each field."""

    def __init__(self, table: Any) -> None:
        self.rows: int = table.num_rows
        self._table = table
        self._seconds: dict[str, Any] = {}

    def narrowed(self, names: Sequence[str]) -> Details:
        """Return these fields alone, so that the memory of the others is given back, with what was made of them."""
        narrow = Details(self._table.select(names))
        narrow._seconds = {name: seconds for name, seconds in self._seconds.items() if name in names}
        return narrow

    def texts(self, name: str) -> Any:
        """Return a field's texts as they stand in the file, unquoted."""
        return self._table[name]

    def seconds(self, name: str) -> Any:
        """Return a DateTime field as seconds since 1970, numpy integers; None where a text names no instant."""
        if name not in self._seconds:
            self._seconds[name] = _seconds_of(self.texts(name))
        return self._seconds[name]

    def integers(self, name: str) -> Any:
        """Return an integer field as numpy integers; its texts must be integers, none empty."""
        return self.texts(name).cast(pa.int64()).to_numpy()

    def fixed_texts(self, name: str, length: int) -> Any:
        """Return texts that all have `length` ASCII characters as numpy byte strings, which compare by code point."""
        return _characters(self.texts(name), length).view(f"S{length}").reshape(-1)


def is_right(field: Field, details: Details) -> bool:
    """Whether every text is a value of `field`; `emrr.validation` says so of a single one."""
    if not details.rows:
        return True
    texts = details.texts(field.name)
    lengths = pc.binary_length(texts)
    shortest, longest = pc.min_max(lengths).as_py().values()
    if shortest == 0 and not field.optional:
        return False
    # No text has more characters than bytes: only where bytes are too many are characters counted.
    if longest > field.max_length and pc.max(pc.utf8_length(texts)).as_py() > field.max_length:
        return False
    if field.kind is FieldKind.DATETIME:
        return details.seconds(field.name) is not None
    return _has_kind(field, texts.filter(pc.greater(lengths, 0)) if shortest == 0 else texts)


def _has_kind(field: Field, texts: Any) -> bool:
    if field.kind is FieldKind.INTEGER:
        if not _all(pc.match_substring_regex(texts, _INTEGER)):
            return False
        return field.minimum is None or not len(texts) or pc.min(texts.cast(pa.int64())).as_py() >= field.minimum
    if field.allowed and not _all(pc.is_in(texts, value_set=pa.array(field.allowed))):
        return False
    return not field.pattern or _all(pc.match_substring_regex(texts, rf"\A(?:{field.pattern})\z"))


def _seconds_of(texts: Any) -> Any:
    if not _all(pc.match_substring_regex(texts, _DATETIME)):
        return None
    digits = _characters(texts, _DATETIME_LENGTH) - ord("0")
    year, month, day, hour, minute, second = (
        _number(digits, *place) for place in ((0, 4), (4, 6), (6, 8), (9, 11), (11, 13), (13, 15))
    )
    months = (year * 12 + month - 1 - _EPOCH_MONTH).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    is_in_its_month = (month - 1 < 12) & (days.astype("datetime64[M]") == months)  # noqa: PLR2004 - months
    if not (is_in_its_month & (year > 0) & (hour < 24) & (minute < 60) & (second < 60)).all():  # noqa: PLR2004 - a clock's
        return None
    return days.astype("datetime64[s]").astype(np.int64) + (hour * 60 + minute) * 60 + second


def _all(claims: Any) -> bool:
    return bool(pc.all(claims, min_count=0).as_py())


def _characters(texts: Any, length: int) -> Any:
    """Return a matrix, a row of `length` bytes for each text."""
    column = texts.combine_chunks()
    if not len(column):
        return np.empty((0, length), dtype=np.uint8)
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
    first, last = offsets[column.offset], offsets[column.offset + len(column)]
    return np.frombuffer(column.buffers()[2], dtype=np.uint8)[first:last].reshape(-1, length)


def _number(digits: Any, first: int, until: int) -> Any:
    number = digits[:, first].astype(np.int64)
    for place in range(first + 1, until):
        number = number * 10 + digits[:, place]
    return number
