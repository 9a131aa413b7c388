"""Something valid, spoilt in a few places."""

from __future__ import annotations

from hypothesis import strategies as st

_NASTY = (
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n",
    b'"',
    b'""',
    b",",
    b";",
    b"=",
    b"[",
    b"{",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"-1",
    b"9" * 30,
    b"'",
    b"#",
    b"T000000",
    b"99,",
    b"10,",
    b"00,",
)


@st.composite
def spoilt(draw: st.DrawFn, valid: bytes) -> bytes:
    """Draw `valid` with some bytes cut out, doubled, put in or turned over."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(("cut", "double", "put", "turn", "end"))):
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case "double":
                part = data[place : place + draw(st.integers(1, 200))]
                data[place:place] = part
            case "put":
                data[place:place] = draw(st.one_of(st.sampled_from(_NASTY), st.binary(max_size=6)))
            case "turn":
                if place < len(data):
                    data[place] ^= 1 << draw(st.integers(0, 7))
            case _:
                del data[place:]
    return bytes(data)


def chunks(data: bytes, size: int) -> list[bytes]:
    """Cut `data` into parts of `size` bytes."""
    return [data[place : place + size] for place in range(0, len(data), size)]
