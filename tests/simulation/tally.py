"""What was played and what came of it, to be added up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.history import Promise


@dataclass(slots=True)
class Tally:
    """Counts of one world or of many; `wrong` are violations in words."""

    worlds: int = 0
    days: float = 0
    runs: int = 0
    issues: int = 0
    files: int = 0
    files_with_rows: int = 0
    rows: int = 0
    held: int = 0
    requests: int = 0
    faults: int = 0
    kills: int = 0
    meddlings: int = 0
    released: int = 0
    recoveries: int = 0
    decisions: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0

    def add(self, other: Tally) -> None:
        """Add what another counted."""
        for name in self.__dataclass_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)

    def line(self) -> str:
        """Return what to show while it goes on."""
        return (
            f"{self.issues:,} issues, {self.files_with_rows:,} of {self.files:,} files with rows, {self.requests:,} "
            f"requests, {self.faults:,} faults, {self.kills:,} kills, {len(self.wrong)} wrong; {self.seconds:,.0f} s"
        )

    def table(self) -> str:
        """Return the report."""
        rows: list[tuple[str, str]] = [
            ("issues", f"{self.issues:,}"),
            ("files", f"{self.files:,}"),
            ("files with rows", f"{self.files_with_rows:,}"),
            ("rows", f"{self.rows:,}"),
            ("worlds, simulated days, runs", f"{self.worlds:,}, {self.days:,.0f}, {self.runs:,}"),
            ("requests seen", f"{self.requests:,}"),
            ("faults injected", f"{self.faults:,}"),
            ("kills and failing disks", f"{self.kills:,}"),
            ("meddlings", f"{self.meddlings:,}"),
            ("held by the brake, let go", f"{self.released:,}"),
            ("ledgers lost, recovered", f"{self.recoveries:,}"),
            ("issues sent again or taken back", f"{self.decisions:,}"),
            ("rows held at some time", f"{self.held:,}"),
            ("runs by exit status", ", ".join(f"{it}: {count:,}" for it, count in sorted(self.statuses.items()))),
            ("gaps", f"{self.broken[Promise.GAP.name]:,}"),
            ("duplicates", f"{self.broken[Promise.DUPLICATE.name]:,}"),
            ("misdeliveries", f"{self.broken[Promise.MISDELIVERY.name]:,}"),
            ("lost rows", f"{self.broken[Promise.LOST.name]:,}"),
            ("out of order, malformed", f"{self.broken[Promise.DISORDER.name]:,}"),
            ("anything else wrong", f"{len(self.wrong) - self.broken.total():,}"),
            ("seconds", f"{self.seconds:,.0f}"),
        ]
        return "".join(f"{name:32}{value:>24}\n" for name, value in rows)
