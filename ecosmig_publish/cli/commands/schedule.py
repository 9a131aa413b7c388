"""`ecosmig schedule`: the job, ready for a scheduler."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation


class Scheduler(StrEnum):
    """Who starts the job."""

    SYSTEMD = "systemd"
    CRONTAB = "crontab"
    KUBERNETES = "kubernetes"
    WINDOWS = "windows"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "schedule",
        examples=(
            "ecosmig schedule systemd --dir /etc/systemd/system",
            "ecosmig schedule crontab",
            "ecosmig schedule kubernetes --image registry.example/ecosmig:1.0 > ecosmig-cronjob.yaml",
        ),
        interrupted=CHANGED_NOTHING,
    )(schedule)


def schedule(
    invocation: Invocation,
    scheduler: Annotated[
        Scheduler | None, typer.Argument(help="Only for this one; else for all four.", show_default=False)
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Write the files there instead of printing them.")
    ] = None,
    user: Annotated[str, typer.Option("--user", help="Who the job runs as.")] = "ecosmig",
    image: Annotated[str, typer.Option("--image", help="The container image, for Kubernetes.")] = (
        "registry.example/ecosmig:VERSION"
    ),
) -> int:
    """Print the scheduled job for systemd, cron, Kubernetes and Windows.

    It runs at each slot and once more in every hour, with time-outs and jitter; what was missed while the machine was
    off is made up for. systemd, then: systemctl daemon-reload && systemctl enable --now ecosmig.timer
    """
    from ecosmig_publish.cli.views.schedule import show_schedule  # noqa: PLC0415 - --help stays quick

    return show_schedule(invocation, scheduler.value if scheduler else None, directory, user=user, image=image)
