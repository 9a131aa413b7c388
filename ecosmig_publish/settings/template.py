"""The commented configuration that `ecosmig init` writes."""

from __future__ import annotations

from importlib.resources import files


def render_template() -> str:
    """Return the text; `config/ecosmig.example.toml` is the same."""
    return files("ecosmig_publish.settings").joinpath("ecosmig.example.toml").read_text(encoding="utf-8")
