"""The extra that the page needs, and what is said where it isn't installed."""

from __future__ import annotations

from ecosmig_publish.errors import UsageError


def missing_extra() -> UsageError:
    """Return the error for whoever asks for a page without the extra `page`."""
    return UsageError(
        "the page needs matplotlib and jinja2, which aren't installed",
        hint='Install them: pip install "ecosmig-publish[page]"',
    )
