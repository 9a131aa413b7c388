"""`Anchors`: kept once, listed with size and hash, apart from the recipients' folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.anchoring import KeepsAnchors
from ecosmig_publish.errors import NameTakenError
from ecosmig_publish.fingerprint import FingerprintBuilder
from tests.destinations.conformance.bench import Bench, onboarded

if TYPE_CHECKING:
    from ecosmig_publish.destinations.anchoring import Anchors

ONE, TWO = "one.json", "two.json"
DATA = b'{"act":1}\n'


def anchors_of(bench: Bench) -> Anchors:
    publisher = bench.publisher()
    assert isinstance(publisher, KeepsAnchors)
    return publisher.anchors


def listed(anchors: Anchors) -> dict[str, tuple[int, str | None]]:
    return {item.name: (item.size, item.hash()) for item in anchors.listing()}


class TestAnchors:
    """See `Anchors`."""

    def test_before_the_first_there_is_nothing(self, bench: Bench) -> None:
        onboarded(bench)
        assert list(anchors_of(bench).listing()) == []
        assert anchors_of(bench).find(ONE) is None

    def test_what_is_kept_is_listed_and_found_with_its_size_and_hash(self, bench: Bench) -> None:
        onboarded(bench)
        for name in (ONE, TWO):
            anchors_of(bench).keep(name, DATA)
        builder = FingerprintBuilder()
        builder.update(DATA)
        wanted = (len(DATA), builder.finish().quick_xor_hash)
        assert listed(anchors_of(bench)) == {ONE: wanted, TWO: wanted}
        found = anchors_of(bench).find(TWO)
        assert found is not None
        assert (found.size, found.hash()) == wanted

    def test_kept_again_it_stays_and_with_other_bytes_its_name_is_taken(self, bench: Bench) -> None:
        onboarded(bench)
        anchors_of(bench).keep(ONE, DATA)
        first = listed(anchors_of(bench))
        anchors_of(bench).keep(ONE, DATA)
        with pytest.raises(NameTakenError):
            anchors_of(bench).keep(ONE, b'{"act":2}\n')
        assert listed(anchors_of(bench)) == first

    def test_they_stand_in_no_recipients_folder(self, bench: Bench) -> None:
        folder = onboarded(bench)
        anchors_of(bench).keep(ONE, DATA)
        assert bench.standing(folder) == {}
        assert bench.administrator().folders() == [folder.name]
