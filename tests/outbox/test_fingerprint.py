"""quickXorHash and SHA-256 of what passes by."""

from __future__ import annotations

import base64
import hashlib
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosmig_publish.fingerprint import Fingerprint, FingerprintBuilder, QuickXorHash, fingerprint_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def bit_by_bit(data: bytes) -> str:
    """Return the quickXorHash as Microsoft describes it, one bit at a time.

    Bit b of byte i meets bit (11 i + b) mod 160 of the register; the length, as 64 bits with the lowest first, meets
    the register's last 64 bits.
    """
    register = [0] * 160
    for i, byte in enumerate(data):
        for b in range(8):
            register[(11 * i + b) % 160] ^= byte >> b & 1
    for b in range(64):
        register[160 - 64 + b] ^= len(data) >> b & 1
    octets = bytes(sum(register[8 * place + b] << b for b in range(8)) for place in range(20))
    return base64.b64encode(octets).decode()


def hashed(parts: Iterable[bytes]) -> str:
    hasher = QuickXorHash()
    for part in parts:
        hasher.update(part)
    return hasher.base64()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # Nothing: 160 zero bits.
        (b"", "A" * 27 + "="),
        # One byte 0x01: bit 0; the length 1 at bit 96, the first of byte 12.
        (b"\x01", base64.b64encode(b"\x01" + b"\0" * 11 + b"\x01" + b"\0" * 7).decode()),
        # The second byte starts at bit 11: bit 3 of byte 1; the length 2 is bit 97.
        (b"\0\x01", base64.b64encode(b"\0\x08" + b"\0" * 10 + b"\x02" + b"\0" * 7).decode()),
        # Byte 14 starts at bit 154, so its bits 6 and 7 go round to bits 0 and 1; the length 15 is 0b1111.
        (b"\0" * 14 + b"\xff", base64.b64encode(b"\x03" + b"\0" * 11 + b"\x0f" + b"\0" * 6 + b"\xfc").decode()),
    ],
)
def test_hashes_worked_out_by_hand(data: bytes, expected: str) -> None:
    assert hashed([data]) == bit_by_bit(data) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(max_size=700), max_size=6))
def test_the_hash_is_that_of_the_bytes_however_they_are_cut(parts: list[bytes]) -> None:
    assert hashed(parts) == bit_by_bit(b"".join(parts))


@pytest.mark.parametrize("length", [1, 19, 20, 159, 160, 161, 320, 1599, 1600, 4801])
@pytest.mark.parametrize("step", [1, 7, 159, 160, 161, 4096])
def test_chunks_of_any_size_give_one_hash(length: int, step: int) -> None:
    data = random.Random(length).randbytes(length)
    assert hashed(data[at : at + step] for at in range(0, length, step)) == bit_by_bit(data)


def test_a_large_file_is_fingerprinted_as_its_bytes_are(tmp_path: Path) -> None:
    data = random.Random(1).randbytes((2 << 20) + 123)
    (tmp_path / "file").write_bytes(data)
    small = bit_by_bit(data[:1000])
    assert hashed([data[:1000]]) == small
    assert fingerprint_file(tmp_path / "file") == Fingerprint(
        len(data), hashlib.sha256(data).hexdigest(), hashed(data[at : at + 997] for at in range(0, len(data), 997))
    )


def test_a_view_of_bytes_is_fingerprinted_as_bytes() -> None:
    builder = FingerprintBuilder()
    builder.update(memoryview(b"xab")[1:])
    assert builder.finish() == Fingerprint(2, hashlib.sha256(b"ab").hexdigest(), bit_by_bit(b"ab"))
