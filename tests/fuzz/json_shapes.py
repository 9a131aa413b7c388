"""JSON as no service should send it, and right documents with some of their parts exchanged for it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.sampled_from(
        (
            "",
            "\0",
            "\ud800",
            "../..",
            "a/b",
            "\x1b[31mred\x1b[0m",
            "[red]x",
            "\u202egnp",
            "https://[",
            "https://evil.example.test/x",
            "http://graph.example.test/v1.0/x",
            "https://user:word@evil.example.test/",
            "https://graph.example.test:99999/v1.0/x",
            "9" * 5000,
            "0001-01-01T00:00:00+23:59",
            "2026-02-30T00:00:00Z",
            "x" * 3000,
        )
    ),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    _TEXTS,
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def exchanged(draw: st.DrawFn, document: Any) -> Any:
    """Draw `document` with up to three of its parts gone, or something else in their place."""
    copy = _copied(document)
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(copy))
        if not places:
            return draw(ANYTHING)
        holder, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            holder[key] = draw(ANYTHING)
        elif isinstance(holder, dict):
            del holder[key]
        else:
            holder.append(holder[key])
    return copy


def _places(document: Any) -> list[tuple[Any, Any]]:
    here = (
        list(document.items())
        if isinstance(document, dict)
        else list(enumerate(document))
        if isinstance(document, list)
        else []
    )
    return [(document, key) for key, _ in here] + [place for _, value in here for place in _places(value)]


def _copied(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _copied(value) for key, value in document.items()}
    return [_copied(value) for value in document] if isinstance(document, list) else document
