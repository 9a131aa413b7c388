"""What is printed for schedulers is what those schedulers take, and it starts a run at every slot."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import kubernetes_validate
import pytest
import yaml

from ecosmig_publish.emrr.calendar import all_due_slots
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.operations.schedules import Job, cron_job, crontab, systemd_units, windows_task

_ODD = Path("/srv/50% of it/ecosmig $HOME.toml")


def _job(config: Path = Path("/etc/ecosmig/ecosmig.toml"), program: tuple[str, ...] = ("/bin/true",)) -> Job:
    return Job(program, config, "root", (Path("/var/lib/ecosmig"), Path("/srv/pub lished")))


def _units(directory: Path, job: Job) -> list[Path]:
    for name, text in systemd_units(job).items():
        (directory / name).write_text(text)
    return sorted(directory.iterdir())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd isn't installed")
@pytest.mark.parametrize("config", [Path("/etc/ecosmig/ecosmig.toml"), _ODD])
def test_systemd_finds_nothing_to_say_of_the_units(tmp_path: Path, config: Path) -> None:
    units = _units(tmp_path, _job(config))

    verified = subprocess.run(
        ["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True, check=False
    )

    assert [unit.name for unit in units] == ["ecosmig.service", "ecosmig.timer"]
    assert (verified.returncode, verified.stderr) == (0, "")


def _elapses(expression: str, count: int) -> set[datetime]:
    """Return when systemd itself says that a calendar expression is met from the start of November 2026 on."""
    told = subprocess.run(
        ["systemd-analyze", "calendar", f"--iterations={count}", "--base-time=2026-10-31 23:59:30 UTC", expression],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )
    lines = [line for line in told.stdout.splitlines() if " UTC" in line and ("elapse" in line or "Iter" in line)]
    return {
        datetime.strptime(line.split(": ", 1)[1].strip(), "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
        for line in lines
    }


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd isn't installed")
def test_the_timer_elapses_at_every_slot_of_a_month(tmp_path: Path) -> None:
    del tmp_path
    timer = systemd_units(_job())["ecosmig.timer"]
    expressions = [line.partition("=")[2] for line in timer.splitlines() if line.startswith("OnCalendar=")]
    start, end = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(seconds=30), datetime(2026, 12, 1, tzinfo=UTC)
    slots = {slot.due_at for slot in all_due_slots(dict.fromkeys(Report, start), end - timedelta(seconds=1))}

    elapsed = {at for expression in expressions for at in _elapses(expression, 130)}

    # 120 for 002, at which 001, 004, 005 and 006 fall due too, and one for 003.
    assert len(slots) == 121
    assert slots <= elapsed


def test_what_systemd_would_expand_in_a_path_is_doubled() -> None:
    service = systemd_units(_job(_ODD))["ecosmig.service"]

    assert '"/srv/50%% of it/ecosmig $$HOME.toml"' in service
    assert 'ReadWritePaths=-"/srv/pub lished"' in service


def test_another_run_at_work_is_no_failure_of_the_service() -> None:
    assert "\nSuccessExitStatus=11\n" in systemd_units(_job())["ecosmig.service"]


def test_the_cron_job_is_valid_by_the_published_schema() -> None:
    manifest = yaml.safe_load(cron_job(_job()))

    # Raises where a field is unknown or of the wrong kind.
    version = kubernetes_validate.validate(manifest, "1.31", strict=True)

    assert version == "1.31"
    assert manifest["spec"]["concurrencyPolicy"] == "Forbid"


def test_a_field_that_kubernetes_does_not_know_would_be_seen() -> None:
    manifest = yaml.safe_load(cron_job(_job()))
    manifest["spec"]["concurrentPolicy"] = "Forbid"

    with pytest.raises(kubernetes_validate.ValidationError, match="concurrentPolicy"):
        kubernetes_validate.validate(manifest, "1.31", strict=True)


def _crontab_commands(job: Job) -> list[tuple[str, str]]:
    lines = [line for line in crontab(job).splitlines() if line and not line.startswith(("#", "SHELL"))]
    # What cron does: five fields, and an escaped % is a %.
    return [(" ".join(line.split()[:5]), line.split(None, 5)[5].replace("\\%", "%")) for line in lines]


def test_a_crontab_line_calls_the_run_with_the_configuration_as_it_is_named(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = tmp_path / "a program"
    script.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {shlex.quote(str(told))}\n")
    script.chmod(0o755)

    commands = _crontab_commands(_job(_ODD, (str(script),)))
    subprocess.run(["/bin/sh", "-c", commands[1][1]], check=True)

    assert [when for when, _ in commands] == ["0 * * * *", "20 * * * *"]
    assert told.read_text().splitlines() == ["publish", "--all", "--quiet", "--config", str(_ODD)]


@pytest.mark.parametrize(
    ("place", "when", "command"),
    [
        (0, "40 2 * * *", "verify --deep --budget 10m --quiet"),
        # On another host. The slots fall due at full hours: five minutes after their deadline.
        (1, "35 * * * *", "status --deadline 30m --from-folders"),
    ],
)
def test_the_lines_for_checks_tell_what_is_wrong_and_nothing_otherwise(
    tmp_path: Path, place: int, when: str, command: str
) -> None:
    lines = [line[1:] for line in crontab(_job(_ODD, (str(tmp_path / "ecosmig"),))).splitlines() if "told" in line]
    found, check = lines[place].split(" told=")
    said = {}
    for status in (0, 10):
        (tmp_path / "ecosmig").write_text(f'#!/bin/sh\necho "$@"\nexit {status}\n')
        (tmp_path / "ecosmig").chmod(0o755)
        shell = ["/bin/sh", "-c", "told=" + check.replace("\\%", "%")]
        said[status] = subprocess.run(shell, capture_output=True, text=True, check=True).stdout

    assert found == when
    assert said == {0: "", 10: f"{command} --config {_ODD}\n"}


def test_a_crontab_has_no_bare_percent_sign() -> None:
    assert "%" not in crontab(_job(_ODD)).replace("\\%", "")


def test_the_windows_task_runs_one_at_a_time_and_makes_up_for_missed_starts() -> None:
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ET.fromstring(windows_task(_job(_ODD)).encode())  # noqa: S314 - our own text

    settings = task.find(f"{space}Settings")
    assert settings is not None
    assert settings.findtext(f"{space}MultipleInstancesPolicy") == "IgnoreNew"
    assert settings.findtext(f"{space}StartWhenAvailable") == "true"
    starts = [trigger.findtext(f"{space}StartBoundary") for trigger in task.iter(f"{space}TimeTrigger")]
    assert starts == ["2026-01-01T00:00:00Z", "2026-01-01T00:20:00Z"]
    arguments = task.findtext(f".//{space}Arguments")
    assert arguments is not None
    assert shlex.split(arguments)[-2:] == ["--config", str(_ODD)]
