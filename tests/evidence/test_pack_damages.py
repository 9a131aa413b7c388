"""The script in a pack says yes to a good one, and no to a damaged one: which member, which row."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ecosmig_publish.evidence.pack import check
from ecosmig_publish.evidence.pack.signing import open_signer, seal
from tests.destinations.sharepoint.keys import certificate_pem, key_pem
from tests.evidence.damaging import (
    edit_rows,
    edit_text,
    line_of,
    lines_of,
    list_again,
    rehash,
    rewrite,
    rows_of,
    write_lines,
)
from tests.evidence.story import NOW, A, B, pack, tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.evidence.story import Story

    Damage = Callable[[Path], object]

OPENSSL = shutil.which("openssl")
A1, A2, A3, A4 = (
    f"ECOSMIG-001_PAA001_{number}_20240{day}060100.csv" for number, day in ((1, 201), (2, 202), (3, 203), (4, 203))
)
PROVED = "2024-02-03T06:03:00.000000Z"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def packs(story: Story) -> dict[str, Path]:
    """One of A's with its files, one of all."""
    made = {"A": story.home / "a", "all": story.home / "all", "unsigned": story.home / "unsigned"}
    pack(story, made["A"], A, files=True)
    pack(story, made["all"])
    pack(story, made["unsigned"], A, B, signed=False)
    return made


@pytest.fixture
def damaged(packs: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    return lambda whose: shutil.copytree(packs[whose], tmp_path / "pack")


@cache
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def fingerprint_of(root: Path) -> str:
    return str(json.loads((root / "made.json").read_text())["fingerprint"])


def drop(root: Path, member: str, *texts: str) -> None:
    lines = lines_of(root / member)
    del lines[line_of(root, member, *texts)]
    write_lines(root / member, lines)


def swap(root: Path, member: str, first: str) -> None:
    lines, place = lines_of(root / member), line_of(root, member, first)
    lines[place : place + 2] = reversed(lines[place : place + 2])
    write_lines(root / member, lines)


def double(root: Path, member: str, *texts: str) -> None:
    lines, place = lines_of(root / member), line_of(root, member, *texts)
    lines.insert(place, lines[place])
    write_lines(root / member, lines)


def cut(root: Path, member: str) -> None:
    content = (root / member).read_bytes()
    (root / member).write_bytes(content[: len(content) * 2 // 3])


def cut_chain(root: Path) -> None:
    """Take the newest act away, and say so everywhere but in the signature."""
    lines = lines_of(root / "acts.json")
    last = line_of(root, "acts.json", '"totals"') - 2
    before = json.loads(lines[last - 1].rstrip(","))
    head = json.loads(lines[last])["hash"]
    del lines[last]
    lines[last - 1] = lines[last - 1].rstrip(",")
    write_lines(root / "acts.json", lines)
    about = lines_of(root / "evidence.json")
    about[0] = about[0].replace(head, before["hash"]).replace('"acts":33', '"acts":32')
    write_lines(root / "evidence.json", about)
    list_again(root)


def resign(root: Path) -> None:
    """Sign it anew, as somebody else."""
    other, pem = other_key(), root.parent / "other.pem"
    pem.write_text(key_pem(other) + certificate_pem(other, until=NOW.replace(year=2100)))
    for name in ("MANIFEST", "MANIFEST.sig"):
        (root / name).unlink()
    seal(root, open_signer(pem, NOW))


def forge(root: Path) -> None:
    """Edit a row, make all fit again, and sign it as somebody else."""
    edit_rows(root, "files", 1, timeliness="in-time", proved_at="2024-02-02T06:30:00.000000Z")
    resign(root)


def change_a_file_and_list_it(root: Path) -> None:
    edit_text(root, f"files/{A2}", "10,00", "10,01")
    list_again(root)


def fill_an_empty_table(root: Path) -> None:
    rewrite(root, "problems", lambda _rows: [])
    edit_text(root, "problems.csv", "row_sha256\r\n", "row_sha256\r\n1\r\n")


DAMAGES: dict[str, tuple[str, Damage, tuple[str, ...]]] = {
    "a row is edited": (
        "A",
        lambda at: edit_text(at, "evidence.json", '"size":72', '"size":73'),
        ("evidence.json: was changed", A1, "was edited"),
    ),
    "a row is edited and sealed anew": (
        "A",
        lambda at: edit_rows(at, "files", 0, size=73),
        ("MANIFEST.sig: is not", "totals: are not"),
    ),
    "a row of all is edited and sealed anew": (
        "all",
        lambda at: edit_rows(at, "files", 0, sha256="0" * 64),
        ("MANIFEST.sig: is not", A1, "sha256 is not what the acts say"),
    ),
    "an instant is changed and sealed anew": (
        "all",
        lambda at: edit_rows(at, "files", 1, proved_at="2024-02-02T06:02:00.000000Z", timeliness="in-time"),
        ("published before it was issued, or proved before that", A2, "proved_at is not what the acts say"),
    ),
    "an instant is changed in the pack of one": (
        "A",
        lambda at: edit_rows(at, "files", 1, published_at="2024-02-02T06:02:00.000000Z"),
        (A2, "published_at is not what the acts say"),
    ),
    "what is late is said to be in time": (
        "A",
        lambda at: edit_rows(at, "files", 1, timeliness="in-time"),
        (A2, "it is not in-time, by its instants"),
    ),
    "what was never proved is said to be": (
        "A",
        lambda at: edit_rows(at, "files", 3, proved_at=PROVED, timeliness="in-time"),
        (A4, "no act says that it was proved"),
    ),
    "what was never proved is said to be by an act of something else": (
        "all",
        lambda at: edit_rows(at, "files", 3, proved_at=PROVED, proved_in_act=12, timeliness="in-time"),
        (A4, "no act says that it was proved"),
    ),
    "what nobody has read is said to be read": (
        "A",
        lambda at: edit_rows(at, "files", 2, seen_by_recipient="yes"),
        (A3, "seen_by_recipient is not what the acts say"),
    ),
    "what nobody asked about is said to be read": (
        "A",
        lambda at: edit_rows(at, "files", 1, seen_by_recipient="yes", seen_in_act=32),
        (A2, "no act says what it says of its readers"),
    ),
    "a sequence number is changed": (
        "A",
        lambda at: edit_rows(at, "files", 2, sequence=9),
        (A3, "its name is not that of", "PAA001's numbers 1 to 5 have gaps"),
    ),
    "a row is dropped": (
        "A",
        lambda at: drop(at, "evidence.json", f'"name":"{A2}"'),
        ("evidence.json line", A3, "says it is row 3", "files.csv row 2: isn't in evidence.json"),
    ),
    "a row is dropped and all numbered anew": (
        "A",
        lambda at: rewrite(at, "files", lambda rows: [*rows[:1], *rows[2:]]),
        ("PAA001's numbers 1 to 5 have gaps", "totals: are not"),
    ),
    "a row of all is dropped and all numbered anew": (
        "all",
        lambda at: rewrite(at, "files", lambda rows: [*rows[:1], *rows[2:]]),
        (f"files: {A2} isn't there, and act",),
    ),
    "the last row is dropped and all made to fit": (
        "A",
        lambda at: rewrite(at, "held", lambda rows: rows[:-1]),
        ("MANIFEST.sig: is not",),
    ),
    "the last row of a section is dropped and nothing else": (
        "A",
        lambda at: drop(at, "evidence.json", '"held_since"'),
        ("held.csv row 1: isn't in evidence.json", "totals: are not"),
    ),
    "a row is inserted": (
        "A",
        lambda at: double(at, "evidence.json", f'"name":"{A2}"'),
        (A2, "says it is row 2", "differs from files.csv"),
    ),
    "a row is inserted and all numbered anew": (
        "A",
        lambda at: rewrite(
            at, "files", lambda rows: [*rows, rows[-1] | {"name": "ECOSMIG-006_PAA001_2_20240301060000.csv"}]
        ),
        ("ECOSMIG-006_PAA001_2_20240301060000.csv", "its name is not that of"),
    ),
    "rows are put in another order": (
        "A",
        lambda at: swap(at, "evidence.json", f'"name":"{A2}"'),
        (A3, "out of order"),
    ),
    "a slot is left out": (
        "A",
        lambda at: rewrite(at, "slots", lambda rows: [it for it in rows if it["slot"][:10] != "2024-02-04"]),
        ("ECOSMIG-001 2024-02-04T06:00:00.000000Z fell due and isn't there",),
    ),
    "a recipient is said to have had no rows": (
        "all",
        lambda at: edit_rows(at, "slots", 1, without_rows=[A]),
        (A1, "its slot says that the recipient had no rows"),
    ),
    "a held row's reason is edited": (
        "A",
        lambda at: edit_text(at, "evidence.json", "empty:mpxn", "no-device"),
        ("(held row 1 ECOSMIG-001 PAA001)", "was edited"),
    ),
    "who could read a folder is edited": (
        "A",
        lambda at: edit_rows(at, "access", 0, readers=["nobody"]),
        ("(access row 1 PAA001)", "readers is not what act"),
    ),
    "a correction's reason is edited": (
        "A",
        lambda at: edit_rows(at, "changes", 1, reason="none"),
        ("(changes row 2 PAA001 correct)", "reason is not what act"),
    ),
    "where a folder is, is edited": (
        "A",
        lambda at: edit_rows(at, "folders", 0, folder_id="another"),
        ("(folders row 1", "folder_id is not what act 1 says"),
    ),
    "the totals are edited": (
        "A",
        lambda at: edit_text(at, "evidence.json", '"files late":1', '"files late":0'),
        ("evidence.json totals: are not those of its rows",),
    ),
    "the span is edited": (
        "A",
        lambda at: edit_text(at, "evidence.json", '"to":"2024-02-05', '"to":"2024-02-06'),
        ("evidence.json: was changed", "fell due and isn't there"),
    ),
    "another head is named": (
        "A",
        lambda at: edit_text(at, "evidence.json", '"acts":33', '"acts":34'),
        ("acts.json: ends with act 33, where evidence.json names act 34",),
    ),
    "an act is edited": (
        "A",
        lambda at: edit_text(at, "acts.json", "item-1", "item-9"),
        ("acts.json line", f"publish-file {A1}", "was edited"),
    ),
    "an act is edited and hashed anew": (
        "all",
        lambda at: rehash(at, 5, host="host-2"),
        ("(act 6 ", "isn't linked to act 5"),
    ),
    "an act's hash is changed where nothing else is shown": (
        "A",
        lambda at: edit_text(at, "acts.json", json.loads(lines_of(at / "acts.json")[4].rstrip(","))["hash"], "f" * 64),
        ("(act 4 ", "isn't linked to act 3: one of the two was changed"),
    ),
    "an act is dropped": ("A", lambda at: drop(at, "acts.json", '"id":8,'), ("(act 9 ", "doesn't follow act 7")),
    "an act is inserted": ("A", lambda at: double(at, "acts.json", '"id":8,'), ("(act 8 ", "doesn't follow act 8")),
    "acts are put in another order": (
        "all",
        lambda at: swap(at, "acts.json", '"id":8,'),
        ("(act 9 ", "doesn't follow act 7"),
    ),
    "the newest act is cut off": ("all", cut_chain, ("MANIFEST.sig: is not",)),
    "an act's content is left out": (
        "all",
        lambda at: edit_text(at, "acts.json", '"content":', '"contents":'),
        ("(act 1 ", "its content was left out"),
    ),
    "a table is edited": (
        "A",
        lambda at: edit_text(at, "files.csv", f"{A2},2,", f"{A2},7,"),
        ("files.csv: was changed", A2, "differs from files.csv"),
    ),
    "a table has a row more": (
        "A",
        lambda at: double(at, "files.csv", A2),
        ("files.csv row 2, once more: isn't in evidence.json",),
    ),
    "a table has a row less": (
        "A",
        lambda at: drop(at, "files.csv", A2),
        (A2, "differs from files.csv, or isn't in it"),
    ),
    "a table of nothing has a row": (
        "all",
        fill_an_empty_table,
        ("problems.csv row 1: isn't in evidence.json",),
    ),
    "evidence.json is cut off": (
        "A",
        lambda at: cut(at, "evidence.json"),
        ("evidence.json: was changed", "isn't such a row"),
    ),
    "evidence.json is no text": (
        "A",
        lambda at: (at / "evidence.json").write_bytes(b"\xff\xfe\x00"),
        ("evidence.json: can't be read to its end",),
    ),
    "acts.json is gone": ("A", lambda at: (at / "acts.json").unlink(), ("acts.json: is missing",)),
    "a member is gone": ("A", lambda at: (at / "README.txt").unlink(), ("README.txt: is missing",)),
    "a member is added": ("A", lambda at: (at / "note.txt").write_text("x"), ("note.txt: was added",)),
    "a folder is added that is elsewhere": (
        "A",
        lambda at: (at / "more").symlink_to(at.parent),
        ("more: was added",),
    ),
    "a member has another name": (
        "A",
        lambda at: (at / "made.json").rename(at / "make.json"),
        ("made.json: is missing", "make.json: was added"),
    ),
    "who made it is edited": (
        "A",
        lambda at: edit_text(at, "made.json", "auditor", "nobody"),
        ("made.json: was changed",),
    ),
    "the script is edited": (
        "A",
        lambda at: edit_text(at, "check.py", "return 1", "return 0"),
        ("check.py: was changed",),
    ),
    "a file's bytes are changed": (
        "A",
        lambda at: edit_text(at, f"files/{A2}", "10,00", "10,01"),
        (f"files/{A2}: was changed", f"files/{A2} is not the file that was issued"),
    ),
    "a file's bytes are changed and listed anew": (
        "A",
        change_a_file_and_list_it,
        ("MANIFEST.sig: is not", f"files/{A2} is not the file that was issued"),
    ),
    "a file is gone": ("A", lambda at: (at / f"files/{A2}").unlink(), (f"files/{A2}: is missing",)),
    "a line of MANIFEST is dropped": (
        "A",
        lambda at: drop(at, "MANIFEST", "acts.json"),
        ("MANIFEST.sig: is not", "acts.json: was added"),
    ),
    "a line of MANIFEST stands there twice": (
        "A",
        lambda at: double(at, "MANIFEST", "acts.json"),
        ("MANIFEST line 4:",),
    ),
    "the signature is another one": (
        "A",
        lambda at: (at / "MANIFEST.sig").write_bytes(bytes(256)),
        ("MANIFEST.sig: is not this certificate's signature",),
    ),
    "the signature is too short": (
        "A",
        lambda at: (at / "MANIFEST.sig").write_bytes((at / "MANIFEST.sig").read_bytes()[1:]),
        ("MANIFEST.sig: is not this certificate's signature",),
    ),
    "the signature is gone": (
        "A",
        lambda at: (at / "MANIFEST.sig").unlink(),
        ("MANIFEST.sig: is missing: nobody signed",),
    ),
    "the certificate is another one": (
        "A",
        lambda at: (at / "certificate.pem").write_text(certificate_pem(other_key())),
        ("certificate.pem: was changed", "MANIFEST.sig: is not this certificate's signature"),
    ),
    "the certificate is of a key of another kind": (
        "A",
        lambda at: (at / "certificate.pem").write_text(certificate_pem(ec.generate_private_key(ec.SECP256R1()))),
        ("certificate.pem: was changed", "certificate.pem: its key is no RSA key"),
    ),
    "the certificate is none": (
        "A",
        lambda at: (at / "certificate.pem").write_text(
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
        ),
        ("certificate.pem: was changed", "MANIFEST.sig, certificate.pem: can't be read"),
    ),
    "it was forged and signed by somebody else": ("all", forge, (A2, "proved_at is not what the acts say")),
}


@pytest.mark.parametrize("whose", ["A", "all"])
def test_a_good_pack_is_whole_in_a_bare_python_that_has_nothing_of_ours(
    packs: dict[str, Path], whose: str, tmp_path: Path
) -> None:
    root = shutil.copytree(packs[whose], tmp_path / "bare")
    command = [sys.executable, "-I", "-S", str(root / "check.py"), "--fingerprint", fingerprint_of(root).upper()]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("YES: the pack is whole. 33 acts")
    assert fingerprint_of(root) in done.stdout
    assert {path.name for path in root.iterdir()} == {path.name for path in packs[whose].iterdir()}


@pytest.mark.parametrize("how", DAMAGES)
def test_every_damage_is_found_with_its_member_and_row(
    how: str, damaged: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    whose, damage, said = DAMAGES[how]
    root = damaged(whose)
    damage(root)
    assert check.main([str(root)]) == 1
    shown = capsys.readouterr().out
    assert [text for text in said if text not in shown] == [], shown
    assert shown.splitlines()[-1].startswith("NO: ")


def test_one_who_signs_it_anew_is_found_where_the_fingerprint_is_demanded(
    damaged: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = damaged("A")
    before = fingerprint_of(root)
    edit_rows(root, "held", 0, reasons=["none"])
    resign(root)
    assert check.main([str(root)]) == 0
    assert before not in capsys.readouterr().out
    # What is no fingerprint at all is demanded too.
    for demanded in (before, before.upper(), before[:8], "xyz"):
        assert check.main([str(root), "--fingerprint", demanded]) == 1
        assert "certificate.pem: is not the certificate whose fingerprint was demanded" in capsys.readouterr().out


def test_what_nobody_signed_is_whole_only_where_that_is_asked_for(
    packs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = packs["unsigned"]
    assert check.main([str(root)]) == 1
    assert "nobody signed this pack" in capsys.readouterr().out
    assert check.main([str(root), "--unsigned", "--fingerprint", "ab"]) == 1
    capsys.readouterr()
    assert check.main([str(root), "--unsigned"]) == 0
    assert capsys.readouterr().out.startswith("UNSIGNED: nobody vouches for this pack")


def test_findings_of_hostile_text_are_printed_and_not_obeyed(
    damaged: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = damaged("A")
    (root / "\x1b]0;owned\x07\u202etxt").write_text("x")
    assert check.main([str(root)]) == 1
    assert all(letter.isprintable() for letter in capsys.readouterr().out.replace("\n", ""))


@pytest.mark.skipif(OPENSSL is None, reason="openssl isn't installed")
def test_openssl_and_sha256sum_say_the_same(packs: dict[str, Path], tmp_path: Path) -> None:
    root = packs["A"]
    asked = [OPENSSL, "x509", "-in", root / "certificate.pem", "-noout"]
    key = subprocess.run([*asked, "-pubkey"], capture_output=True, check=True)  # type: ignore[list-item]
    (tmp_path / "publisher.pub").write_bytes(key.stdout)
    verify = [OPENSSL, "dgst", "-sha256", "-verify", tmp_path / "publisher.pub", "-signature", root / "MANIFEST.sig"]
    subprocess.run([*verify, root / "MANIFEST"], capture_output=True, check=True)  # type: ignore[list-item]
    subprocess.run(["sha256sum", "-c", "--quiet", "MANIFEST"], cwd=root, env=dict(os.environ), check=True)
    said = subprocess.run([*asked, "-fingerprint", "-sha256"], capture_output=True, text=True, check=True)  # type: ignore[list-item]
    assert said.stdout.partition("=")[2].strip().replace(":", "").lower() == fingerprint_of(root)


def test_every_member_that_holds_rows_is_a_json_document_and_a_table(packs: dict[str, Path]) -> None:
    document = json.loads((packs["all"] / "evidence.json").read_text(encoding="utf-8"))
    sections = [name for name, value in document.items() if isinstance(value, list)]
    assert sections == ["folders", "slots", "files", "streams", "changes", "held", "problems", "access"]
    for section in sections:
        rows = rows_of(packs["all"], section)
        table = (packs["all"] / f"{section}.csv").read_bytes().decode().split("\r\n")
        assert len(table) == len(rows) + 2
        assert set(table[0].split(",")) == set(rows[0])
