"""What the package declares is what it uses, and a bare install works without what only tests need."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from ecosmig_publish.cli.schemas import schema_of
from tests.cli.documents import fault_of

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
OF_THE_OWNER = {"office365-rest-python-client", "msal", "tenacity", "typer", "pytest", "responses"}


def _normal(name: str) -> str:
    return name.lower().replace("_", "-")


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0]) for requirement in requirements}  # type: ignore[index]


def _imported(folder: Path) -> set[str]:
    """Return the top-level modules that the files below `folder` import, the standard library's left out."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"ecosmig_publish", "tests"}


def _undeclared(imported: set[str], declared: set[str]) -> set[str]:
    known = packages_distributions()
    # Of an extra that isn't installed the module has its package's name.
    return {module for module in imported if not {_normal(name) for name in known.get(module, [module])} & declared}


def test_the_packages_that_the_owner_named_are_declared() -> None:
    assert _names(PROJECT["dependencies"]) | _names(EXTRAS["test"]) >= OF_THE_OWNER


def test_the_package_imports_only_what_it_declares() -> None:
    package = ROOT / "ecosmig_publish"
    imported = _imported(package)
    of_sandbox = _imported(package / "sandbox")
    declared = _names(PROJECT["dependencies"])
    # What a bare install lacks is imported only where it is asked for: the next test imports every module without it.
    extras = {name for extra in EXTRAS if extra not in ("test", "sandbox") for name in _names(EXTRAS[extra])}
    assert _undeclared(imported - of_sandbox, declared | extras) == set()
    assert _undeclared(of_sandbox, declared | _names(EXTRAS["sandbox"])) == set()


def test_every_declared_package_stands_in_the_lock_file() -> None:
    locked = {_normal(line.partition("==")[0]) for line in (ROOT / "constraints.txt").read_text().splitlines()}
    everything = _names([*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["sandbox"]])
    assert everything - locked == set()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `bin` of an environment that has the package as a user gets it: a wheel, no extras."""
    home = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
    # What is never imported needn't be compiled, and an environment needs no pip of its own to be installed into.
    install = ["install", "-q", "--no-compile", "-c", str(ROOT / "constraints.txt"), str(ROOT)]
    subprocess.run([*_pip(home / "venv" / "bin"), *install], check=True, capture_output=True)
    return home / "venv" / "bin"


def _pip(bin_directory: Path) -> list[str]:
    """Return the command line of this environment's pip at work on another one."""
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(bin_directory / "python")]


def test_a_bare_install_does_the_main_job(bare: Path, tmp_path: Path) -> None:
    demo = [str(bare / "ecosmig"), "demo", "--dir", str(tmp_path / "demo"), "--devices", "1000", "--json"]
    done = subprocess.run(demo, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert fault_of("demo", document) is None
    assert (document["discrepancies"], document["proved"]) == (0, document["files"])
    # Without its extra there is no stand-in.
    assert document["destination"] == "folder"


def test_a_bare_install_prints_the_schemas_of_its_documents(bare: Path, tmp_path: Path) -> None:
    command = [str(bare / "ecosmig"), "json-schema", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == schema_of("demo")


def test_a_bare_install_has_nothing_that_only_tests_need(bare: Path) -> None:
    listed = subprocess.run([*_pip(bare), "list", "--format=json"], capture_output=True, text=True, check=True)
    installed = {package["name"].lower() for package in json.loads(listed.stdout)}
    of_others = {"cryptography", "pandas"}  # of msal and of Ibis
    assert installed & _names([*EXTRAS["test"], *EXTRAS["sandbox"]]) <= _names(PROJECT["dependencies"]) | of_others


def test_every_module_imports_in_a_bare_install(bare: Path, tmp_path: Path) -> None:
    code = (
        "import importlib, pkgutil, ecosmig_publish as package\n"
        "skipped = ('ecosmig_publish.sandbox', 'ecosmig_publish.__main__', 'ecosmig_publish.ledger.migrations.env',\n"
        # Each is looked into where its extra is installed.
        "    'ecosmig_publish.migration_data.postgresql.', 'ecosmig_publish.migration_data.spark.')\n"
        "for module in pkgutil.walk_packages(package.__path__, 'ecosmig_publish.', onerror=lambda name: None):\n"
        "    if not module.name.startswith(skipped):\n"
        "        importlib.import_module(module.name)\n"
    )
    done = subprocess.run([bare / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_bare_install_says_which_extra_a_source_needs(bare: Path, tmp_path: Path) -> None:
    extra_of = {
        "postgresql://o@host/db": "postgresql",
        "spark://local": "spark",
        "parquet:s3://bucket/folder": "object-stores",
        "delta:lake": "lake",
        "iceberg:lake/migration": "lake",
    }
    code = (
        "import sys, pathlib\n"
        "from ecosmig_publish.errors import SourceError\n"
        "from ecosmig_publish.migration_data import open_migration_data\n"
        "for url in sys.argv[1:]:\n"
        "    try:\n"
        "        open_migration_data(url, base=pathlib.Path())\n"
        "    except SourceError as error:\n"
        "        print(error.hint)\n"
    )
    done = subprocess.run(
        [bare / "python", "-c", code, *extra_of], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    hints = [f'pip install "ecosmig-publish[{extra}]"' for extra in extra_of.values()]
    assert done.stdout.splitlines() == hints, done.stderr
