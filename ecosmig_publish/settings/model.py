"""What can be configured, and what each key may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ecosmig_publish.emrr.catalogue import MAX_ROWS_PER_FILE
from ecosmig_publish.emrr.terms import Signifier, parse_signifier
from ecosmig_publish.errors import InvalidFileError
from ecosmig_publish.settings.durations import parse_duration

Duration = Annotated[timedelta, BeforeValidator(parse_duration), Field(ge=timedelta(0))]

TABLES = (
    "parties",
    "devices",
    "responsibilities",
    "migration_attempts",
    "device_status_events",
    "network_notifications",
    "non_migratable_models",
)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(_Section):
    """`[source]`: where the migration data lies; `tables` maps a contract table to the owner's, or to a SELECT."""

    url: str = "parquet:data"
    settle: Duration = timedelta(0)
    tables: dict[str, str] = Field(default_factory=dict)
    memory_limit: str = Field(default="4GB", pattern=r"^[0-9]+(\.[0-9]+)?\s*[KMGT]i?B$")
    threads: int = Field(default=0, ge=0)

    @field_validator("tables")
    @classmethod
    def _tables_of_the_contract(cls, tables: dict[str, str]) -> dict[str, str]:
        for name in tables:
            if name not in TABLES:
                raise ValueError(f"{name!r} is no table of the contract; they are {', '.join(TABLES)}")
        return tables


class LedgerSettings(_Section):
    """`[ledger]`."""

    url: str = Field(default="sqlite:state/ecosmig.db", repr=False)


class OutboxSettings(_Section):
    """`[outbox]`."""

    path: Path = Path("state/outbox")


class FolderSettings(_Section):
    """`[destination.folder]`."""

    path: Path = Path("published")


class OnboardingSettings(_Section):
    """`[destination.sharepoint.onboarding]`: another app, or a person, for the right to grant access."""

    identity: Literal["certificate", "workload", "managed", "device-code"] = "certificate"
    tenant_id: str = ""
    client_id: str = ""
    certificate: Path | None = None


class SharePointSettings(_Section):
    """`[destination.sharepoint]`."""

    site_url: str = Field(pattern=r"^https://")
    library: str = "Documents"
    root_folder: str = "ECoS Migration Reports"
    staging_folder: str = "_staging"
    owners: tuple[str, ...] = ()
    access_proof_max_age: Duration = timedelta(hours=24)
    identity: Literal["certificate", "workload", "managed"] = "certificate"
    tenant_id: str = ""
    client_id: str = ""
    certificate: Path | None = None
    authority: str = Field(default="https://login.microsoftonline.com", pattern=r"^https://")
    graph_url: str = Field(default="https://graph.microsoft.com", pattern=r"^https://")
    ca_bundle: str = ""
    resource_units_per_minute: int = Field(default=0, ge=0)
    workers: int = Field(default=4, ge=1, le=32)
    onboarding: OnboardingSettings | None = None


class DestinationSettings(_Section):
    """`[destination]`."""

    kind: Literal["folder", "sharepoint"] = "folder"
    folder: FolderSettings = FolderSettings()
    sharepoint: SharePointSettings | None = None

    @model_validator(mode="after")
    def _kind_has_its_section(self) -> DestinationSettings:
        if self.kind == "sharepoint" and self.sharepoint is None:
            raise ValueError('kind = "sharepoint" needs a section [destination.sharepoint]')
        return self


class SupplierSettings(_Section):
    """One recipient's users, or its one Entra group."""

    signifier: Signifier
    users: tuple[str, ...] = ()
    group: str | None = None

    @field_validator("signifier")
    @classmethod
    def _is_signifier(cls, signifier: str) -> Signifier:
        try:
            return parse_signifier(signifier)
        except InvalidFileError as error:
            raise ValueError(str(error)) from error

    @model_validator(mode="after")
    def _users_or_group(self) -> SupplierSettings:
        if self.users and self.group:
            raise ValueError("has both users and a group; name one of them")
        return self


class Settings(_Section):
    """The whole configuration; `base` is the folder that relative paths start from."""

    base: Path
    start: datetime
    empty_reports: Literal["skip", "issue"] = "skip"
    rows_per_file: int = Field(default=MAX_ROWS_PER_FILE, ge=1, le=MAX_ROWS_PER_FILE)
    source: SourceSettings = SourceSettings()
    ledger: LedgerSettings = LedgerSettings()
    outbox: OutboxSettings = OutboxSettings()
    destination: DestinationSettings = DestinationSettings()
    suppliers: tuple[SupplierSettings, ...] = ()

    @field_validator("start", mode="before")
    @classmethod
    def _start_is_written_whole(cls, start: object) -> object:
        if isinstance(start, (datetime, str)):
            return start
        raise ValueError("an instant with its zone is wanted, such as 2026-01-01T00:00:00Z")

    @field_validator("start")
    @classmethod
    def _start_has_a_zone(cls, start: datetime) -> datetime:
        if start.tzinfo is None:
            raise ValueError("has no zone; write 2026-01-01T00:00:00Z")
        return start.astimezone(UTC)

    @model_validator(mode="after")
    def _each_supplier_once(self) -> Settings:
        seen: set[str] = set()
        for supplier in self.suppliers:
            if supplier.signifier in seen:
                raise ValueError(f"suppliers: {supplier.signifier} stands there twice")
            seen.add(supplier.signifier)
        return self
