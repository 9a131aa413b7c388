"""What becomes of files when something happens on the way: to the product's, and to rclone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.upload_rclone import Rclone
    from tests.destinations.sharepoint.driven import DrivenTime


def show_weaknesses(rclone: Rclone, driven: DrivenTime, home: Path) -> None:
    """Later."""
