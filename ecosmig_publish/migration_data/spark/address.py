"""What a `spark://` address says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from ecosmig_publish.errors import SourceError

_HINT = 'Write it like "spark://host:7077", "spark://host:7077/database", "spark://yarn" or "spark://local[2]".'
_ADDRESS = re.compile(r"spark://(?P<master>[^/?\s]+)(/(?P<database>[^/?\s]*))?(\?(?P<options>\S*))?")
_LOCAL = re.compile(r"local(\[([0-9]+|\*)\])?")
_AWAY = re.compile(r"[^@:]+:[0-9]+(,[^@:]+:[0-9]+)*")


@dataclass(frozen=True, slots=True)
class SparkAddress:
    """A master as Spark names it, the database to start in, and Spark's own settings."""

    master: str
    database: str = ""
    settings: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether Spark runs on this machine, in a process of this run's."""
        return self.master.startswith("local")

    @property
    def name(self) -> str:
        """What messages call it: no setting, which may be a secret, is in it."""
        master = self.master.removeprefix("spark://")
        return f"spark://{master}/{self.database}" if self.database else f"spark://{master}"


def parse_spark_address(url: str) -> SparkAddress:
    """Read `spark://MASTER[/DATABASE][?SETTING=VALUE&…]`. Raises `SourceError`."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise SourceError("source.url (spark:…) can't be read as an address", hint=_HINT)
    master = found["master"]
    if _AWAY.fullmatch(master):
        master = f"spark://{master}"
    elif master != "yarn" and not _LOCAL.fullmatch(master):
        raise SourceError("source.url (spark:…): neither host:port nor yarn nor local[N]", hint=_HINT)
    settings = dict(parse_qsl(found["options"] or "", keep_blank_values=True))
    strange = sorted(name for name in settings if not name.startswith("spark."))
    if strange:
        raise SourceError(
            f"source.url (spark:…): {', '.join(strange)}: no setting of Spark's",
            hint="After the question mark stand Spark's own settings, such as ?spark.executor.memory=4g",
        )
    return SparkAddress(master, unquote(found["database"] or ""), settings)
