"""What can be configured; each field's `description` is the rule that a wrong value is answered with."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ecosmig_publish import memory_size
from ecosmig_publish.emrr.catalogue import MAX_ROWS_PER_FILE
from ecosmig_publish.emrr.terms import Signifier, parse_signifier
from ecosmig_publish.errors import InvalidFileError
from ecosmig_publish.settings import durations, instants


def _no_flag(value: object) -> object:
    # true would otherwise pass for 1.
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")  # noqa: TRY004 - pydantic takes a ValueError for a fault
    return value


Duration = Annotated[timedelta, BeforeValidator(durations.parse_duration), Field(description=durations.RULE)]
Instant = Annotated[datetime, BeforeValidator(instants.parse_instant), Field(description=instants.RULE)]
Number = Annotated[int, BeforeValidator(_no_flag)]
Share = Annotated[float, BeforeValidator(_no_flag)]
Place = Annotated[Path, Field(description="a path, relative to this file's folder or absolute")]
Address = Annotated[str, Field(pattern=r"^https://[^\s/]+", description="an address that begins with https://")]
Texts = Annotated[tuple[str, ...], Field(description='a list of texts, such as ["one", "two"]')]

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

    url: str = Field(
        default="parquet:data",
        repr=False,
        pattern=r"^[a-z]+[a-z0-9+]*:.",
        description="an address such as parquet:DIR, csv:DIR, duckdb:FILE, postgresql://… or spark://…",
    )
    settle: Duration = timedelta(0)
    tables: dict[str, str] = Field(
        default_factory=dict, description='contract table = "the owner\'s table, or a SELECT"'
    )
    memory_limit: str = Field(default="4.7GB", pattern=memory_size.PATTERN, description="a size such as 500MB or 4GB")
    threads: Number = Field(default=0, ge=0, le=1024, description="a whole number from 0 (all cores) to 1024")

    @property
    def memory_bytes(self) -> int:
        """`memory_limit` as a number of bytes."""
        return memory_size.bytes_in(self.memory_limit)

    @field_validator("tables")
    @classmethod
    def _tables_of_the_contract(cls, tables: dict[str, str]) -> dict[str, str]:
        for name, source in tables.items():
            if name not in TABLES:
                raise ValueError(f"{name!r} is no table of the contract; they are {', '.join(TABLES)}")
            if not source.strip():
                raise ValueError(f"{name} is mapped to nothing; name the owner's table, or a SELECT")
        return tables


class LedgerSettings(_Section):
    """`[ledger]`."""

    url: str = Field(
        default="sqlite:state/ecosmig.db",
        repr=False,
        pattern=r"^(sqlite:/?[^/]|postgres(ql)?(\+[a-z0-9]+)?://.)",
        description="sqlite:PATH, or postgresql:// and where it is",
    )


class OutboxSettings(_Section):
    """`[outbox]`."""

    path: Place = Path("state/outbox")


class BrakeSettings(_Section):
    """`[brake]`: how far from its stream's history an issue may be; beyond it waits for `ecosmig issue release`."""

    enabled: bool = Field(default=True, description="true or false")
    size_factor: Number = Field(default=20, ge=2, description="a whole number, 2 or more")
    size_floor_rows: Number = Field(default=10_000, ge=0, description="a whole number, 0 or more")
    history: Number = Field(default=8, ge=4, le=100, description="a whole number from 4 to 100")
    vanished_share: Share = Field(default=0.8, gt=0, le=1, description="a number above 0, up to 1")
    vanished_recipients: Number = Field(default=10, ge=1, description="a whole number, 1 or more")


class FolderSettings(_Section):
    """`[destination.folder]`."""

    path: Place = Path("published")
    anchors: Place | None = None


class OnboardingSettings(_Section):
    """`[destination.sharepoint.onboarding]`: another app, or a person, for the right to grant access."""

    identity: Literal["certificate", "workload", "managed", "device-code"] = Field(
        default="certificate", description='"certificate", "workload", "managed" or "device-code"'
    )
    tenant_id: str = ""
    client_id: str = ""
    certificate: Place | None = None


class SharePointSettings(_Section):
    """`[destination.sharepoint]`."""

    site_url: Address
    library: str = Field(default="Documents", min_length=1, description="a library's name")
    root_folder: str = Field(default="ECoS Migration Reports", min_length=1, description="a folder's name")
    staging_folder: str = Field(default="_staging", min_length=1, description="a folder's name")
    owners: Texts = ()
    access_proof_max_age: Duration = timedelta(hours=24)
    identity: Literal["certificate", "workload", "managed"] = Field(
        default="certificate", description='"certificate", "workload" or "managed"'
    )
    tenant_id: str = ""
    client_id: str = ""
    certificate: Place | None = None
    authority: Address = "https://login.microsoftonline.com"
    graph_url: Address = "https://graph.microsoft.com"
    ca_bundle: str = ""
    resource_units_per_minute: Number = Field(default=0, ge=0, description="a whole number, 0 or more")
    workers: Number = Field(default=4, ge=1, le=32, description="a whole number from 1 to 32")
    onboarding: OnboardingSettings | None = None


class DestinationSettings(_Section):
    """`[destination]`."""

    kind: Literal["folder", "sharepoint"] = Field(default="folder", description='"folder" or "sharepoint"')
    folder: FolderSettings = FolderSettings()
    sharepoint: SharePointSettings | None = None

    @model_validator(mode="after")
    def _kind_has_its_section(self) -> DestinationSettings:
        if self.kind != "sharepoint":
            return self
        if self.sharepoint is None:
            raise ValueError('kind = "sharepoint" needs a section [destination.sharepoint] with site_url in it')
        lacking = _lacking(self.sharepoint)
        if lacking:
            raise ValueError(f'sharepoint.identity = "{self.sharepoint.identity}" needs {" and ".join(lacking)} too')
        return self


class OperationsSettings(_Section):
    """`[operations]`: who acts, and what is told of each run, to whom; empty: nobody is told."""

    identity: str = ""
    log: Place | None = None
    metrics: Place | None = None
    traces: str = Field(default="", pattern=r"^(https?://[^\s/]+.*)?$", description="an address of OTLP over HTTP")
    on_failure: Texts = ()
    on_finding: Texts = ()
    on_recovery: Texts = ()
    webhook: str = Field(
        default="", repr=False, pattern=r"^(https?://[^\s/]+.*)?$", description="an address that takes JSON by POST"
    )


class SupplierSettings(_Section):
    """One recipient's users, or its one Entra group."""

    signifier: Signifier = Field(description="a SEC Party Signifier: six characters of A-Z and 0-9")
    users: Texts = ()
    group: str | None = Field(default=None, description="the object id or mail of one Entra group")

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
            raise ValueError(f"{self.signifier} has both users and a group; name one of them")
        return self


class Settings(_Section):
    """The whole configuration; `base` is the folder that relative paths start from."""

    base: Path
    start: Instant
    empty_reports: Literal["skip", "issue"] = Field(default="skip", description='"skip" or "issue"')
    rows_per_file: Number = Field(
        default=MAX_ROWS_PER_FILE,
        ge=1,
        le=MAX_ROWS_PER_FILE,
        description=f"a whole number from 1 to {MAX_ROWS_PER_FILE}: the trailer has six digits for it",
    )
    source: SourceSettings = SourceSettings()
    ledger: LedgerSettings = LedgerSettings()
    outbox: OutboxSettings = OutboxSettings()
    brake: BrakeSettings = BrakeSettings()
    destination: DestinationSettings = DestinationSettings()
    operations: OperationsSettings = OperationsSettings()
    suppliers: tuple[SupplierSettings, ...] = Field(
        default=(), description='entries [[suppliers]], or the name of a file such as "suppliers.csv"'
    )

    @model_validator(mode="after")
    def _each_supplier_once(self) -> Settings:
        seen: set[str] = set()
        for supplier in self.suppliers:
            if supplier.signifier in seen:
                raise ValueError(f"suppliers: {supplier.signifier} stands there twice")
            seen.add(supplier.signifier)
        return self


def _lacking(sharepoint: SharePointSettings) -> list[str]:
    """Return what the identity needs and the section lacks; other identities take theirs from where they run."""
    if sharepoint.identity != "certificate":
        return []
    needed = {
        "tenant_id": sharepoint.tenant_id,
        "client_id": sharepoint.client_id,
        "certificate": sharepoint.certificate,
    }
    return [key for key, value in needed.items() if not value]
