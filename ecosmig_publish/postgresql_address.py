"""What a `postgresql://` address says, read so that no part of a password gets into a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HINT = 'Write it as "postgresql://user:password@host/database", % / ? # @ : in a password as %25 %2F %3F %23 %40 %3A.'
_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg", "postgres+psycopg")
_PLACES = ("host", "hostaddr", "port", "dbname")

PATIENCE = {
    "connect_timeout": "10",
    # A network that is cut says nothing: who is gone is known after a minute.
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""What is asked of the network where the address says nothing else; seconds, the last in milliseconds."""


def connection_parameters(url: str, setting: str) -> dict[str, str]:
    """Return libpq's parameters of an address; what it leaves out, libpq takes from PGHOST, PGPASSWORD and so on.

    `setting` is the key that the address stands under. Raises `ConfigurationError`.
    """
    try:
        from psycopg import Error  # noqa: PLC0415 - an extra
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ConfigurationError(
            f"{setting} asks for PostgreSQL, whose driver is not installed",
            hint='pip install "ecosmig-publish[postgresql]"',
        ) from error
    scheme, _, rest = url.partition(":")
    if scheme not in _SCHEMES:
        raise ConfigurationError(f"{setting} ({scheme}:…): this driver is not known here; leave it out", hint=_HINT)
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(f"postgresql:{rest}").items()}
    except Error:
        # What the driver says quotes the address, and a password that isn't encoded may stand anywhere in it.
        raise ConfigurationError(f"{setting} (postgresql:…) can't be read as an address", hint=_HINT) from None
    ports = parameters.get("port", "").split(",")
    if any("@" in parameters.get(name, "") for name in _PLACES) or not all(it.isdigit() or not it for it in ports):
        raise ConfigurationError(f"{setting} (postgresql:…): user, password and host can't be told apart", hint=_HINT)
    return parameters


def name_of(parameters: Mapping[str, str]) -> str:
    """Return what a database is called in messages: where it is, never the password."""
    user = f"{parameters['user']}@" if "user" in parameters else ""
    host = parameters.get("host", parameters.get("hostaddr", ""))
    port = f":{parameters['port']}" if "port" in parameters else ""
    options = f"?options={parameters['options']}" if "options" in parameters else ""
    return f"postgresql://{user}{host}{port}/{parameters.get('dbname', '')}{options}"
