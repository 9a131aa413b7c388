"""What the README tells a newcomer is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.errors import ExitStatus

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_test_command_word_for_word() -> None:
    (command,) = re.findall(r"^(python3 -m venv .*pytest)$", README, re.MULTILINE)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (line,) = (line for line in script.splitlines() if line.startswith("command="))
    found = subprocess.run(
        ["bash", "-c", f'{line}; printf %s "$command"'], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == command


def test_every_exit_status_is_explained() -> None:
    section = README.partition("## Exit statuses")[2].partition("\n## ")[0]
    explained = {int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert explained == {int(status) for status in ExitStatus}


def test_every_report_is_named() -> None:
    assert {report.value for report in CATALOGUE} <= set(re.findall(r"ECOSMIG-00\d", README))


def test_every_link_leads_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
