"""How this program is called from where the operator stands, for commands that are printed to be copied."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def called_as() -> str:
    """Return `ecosmig` where the shell finds this very program by that name, else how it was called now."""
    script = Path(sys.argv[0])
    if script.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m ecosmig_publish"
    found = shutil.which("ecosmig")
    if found is not None and script.exists() and Path(found).resolve() == script.resolve():
        return "ecosmig"
    return shlex.quote(sys.argv[0])
