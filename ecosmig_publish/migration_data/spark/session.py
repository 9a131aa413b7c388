"""Spark in this process: one context for all sources that are open, a session for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark.sql import SparkSession

from ecosmig_publish.memory_size import bytes_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.migration_data.spark.address import SparkAddress

# What it logs quotes rows, and comes with stack traces: errors are raised anyhow.
_LOGGING = Path(__file__).with_name("log4j2.properties").as_uri()
_SETTINGS = {
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING}",
    # A machine that is busy may take its time before it reads what is offered to it.
    "spark.python.authenticate.socketTimeout": "120s",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_OF_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    # What a literal is: an owner's setting would make it something else.
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
}
_MEBIBYTE = 1 << 20
_open: list[Any] = []
"""The sessions that are open: the last one to close ends the context, and with it what the cluster keeps for it."""
_MINE: dict[str, bool] = {}


def open_session(address: SparkAddress, *, memory_limit: str, threads: int | None) -> Any:
    """Return a session of its own: temporary views and settings are nobody else's. Raises what Spark raises."""
    if not _open:
        # One that this process began otherwise is not this module's to end.
        _MINE["context"] = SparkSession.getActiveSession() is None
    builder = SparkSession.builder.master(address.master).appName("ecosmig")
    settings: Mapping[str, str] = {**_SETTINGS, **(_locally(memory_limit, threads) if address.is_local else {})}
    for name, value in {**settings, **address.settings}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate().newSession()
    _open.append(session)
    try:
        for name, value in _OF_SESSION.items():
            session.conf.set(name, value)
        if address.database:
            session.catalog.setCurrentDatabase(address.database)
    except BaseException:
        close_session(session)
        raise
    return session


def close_session(session: Any) -> None:
    """Close a session; with the last one the context ends."""
    _open.remove(session)
    if not _open and _MINE["context"]:
        session.stop()


def _locally(memory_limit: str, threads: int | None) -> dict[str, str]:
    mebibytes = max(512, bytes_in(memory_limit) // _MEBIBYTE)
    return {"spark.driver.memory": f"{mebibytes}m", "spark.sql.shuffle.partitions": str(4 * (threads or 2))}
