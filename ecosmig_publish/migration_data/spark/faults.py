"""What Spark complains of, as faults of the source; none of them quotes a row."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OURS = ("pyspark", "py4j", "ibis", "sqlglot", "pyarrow")
_JAVA = "Spark 4 needs Java 17 or newer: install it, or let JAVA_HOME lead to it."
_BY_WORDS = (
    ("JAVA_GATEWAY_EXITED", "Java didn't start", _JAVA),
    ("Unable to find java", "Java is not there", _JAVA),
    ("UnsupportedClassVersionError", "Java is too old", _JAVA),
    ("SCHEMA_NOT_FOUND", "there is no such database", "Check the database's name in source.url."),
    ("OutOfMemoryError", "Spark ran out of memory", "Give it more: ?spark.executor.memory=… at the end of source.url."),
    ("No space left", "Spark's disk is full", "Make room where spark.local.dir leads, and run again."),
    ("ConnectException", "the master can't be reached", "Check that it runs, and that source.url leads to it."),
    ("UnknownHost", "the master can't be reached", "Check that it runs, and that source.url leads to it."),
    ("stopped SparkContext", "the master can't be reached", "Check that it runs, and that source.url leads to it."),
    ("All masters are unresponsive", "the master can't be reached", "Check that it runs, and its address."),
    ("PATH_NOT_FOUND", "there is no such path", "Check the paths under [source.tables]."),
)
_UNKNOWN = ("Spark failed", "See what its log says of it: ecosmig data check")
_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"")


@contextmanager
def spark_faults(source: str, *, was_interrupted: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Turn what Spark, the way to it and Ibis raise into `SourceError`; a cancelled job is an interruption."""
    try:
        yield
    except EcosmigError:
        raise
    except Exception as error:
        if was_interrupted() and "ancel" in str(error):
            raise KeyboardInterrupt from error
        if type(error).__module__.partition(".")[0] not in _OURS and not isinstance(error, OSError):
            raise
        raise SourceError(f"{source}: {_what(error)}", hint=_hint(error)) from error


def said(error: BaseException) -> str:
    """Return the first line of what is said; where it speaks of a value, without it."""
    lines = [line.strip(" :") for line in str(error).splitlines() if line.strip(" :")]
    # The first line of an error of Java's names what was called.
    text = next((line for line in lines if not line.startswith("An error occurred while")), type(error).__name__)[:300]
    is_of_value = any(words in text for words in ("CAST_", "CANNOT_PARSE", "OVERFLOW", "INVALID_INPUT"))
    return _VALUE.sub("…", text) if is_of_value else text


def _what(error: BaseException) -> str:
    text = str(error)
    known = next((what for words, what, _ in _BY_WORDS if words in text), _UNKNOWN[0])
    return f"{known} ({said(error)})"


def _hint(error: BaseException) -> str:
    text = str(error)
    return next((hint for words, _, hint in _BY_WORDS if words in text), _UNKNOWN[1])
