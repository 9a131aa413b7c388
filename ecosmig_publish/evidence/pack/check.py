"""Check this evidence pack: python3 check.py [FOLDER] [--fingerprint HEX] [--unsigned].

FOLDER is the unpacked pack, by default where this script stands. Needs Python 3.8 or newer and nothing else, and sends
nothing anywhere. Each finding names the member of the pack and the row. Exit status 0: the pack is whole; 1: it isn't.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Iterator

DAMAGE = (ValueError, LookupError, TypeError, AttributeError, OSError, RuntimeError, csv.Error)
RSA, SHA256 = bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("3031300d060960864801650304020105000420")
NAMES = ("report", "slot", "recipient", "kind", "name")
# By the report's last digit: weekday (1 is Monday), day and hour at which its slots fall due, in UTC.
DUE = {"1": "...06", "2": "...(00|06|12|18)", "3": ".0208", "4": "1..06", "5": "1..06", "6": ".0106"}


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_members(root: Path) -> Iterator[str]:
    said: dict[str, str] = {}
    for number, line in enumerate((root / "MANIFEST").read_text(encoding="utf-8").splitlines(), 1):
        if line[64:66] != "  " or line[66:] in said:
            yield f"MANIFEST line {number}: isn't the SHA-256 and the name of one more member"
        said[line[66:]] = line[:64]
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_symlink() or not path.is_dir()}
    for name in sorted((there | set(said)) - {"MANIFEST", "MANIFEST.sig"}):
        if name not in there:
            yield f"{name}: is missing"
        elif name not in said:
            yield f"{name}: was added: MANIFEST doesn't name it"
        elif sha256_of(root / name) != said[name]:
            yield f"{name}: was changed: its SHA-256 is not the one in MANIFEST"


def certificate_of(root: Path) -> bytes:
    return base64.b64decode("".join((root / "certificate.pem").read_text(encoding="ascii").split("-----")[2].split()))


def parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element that stands in a DER sequence."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size >= 0x80:
            size, at = int.from_bytes(der[at : at + size - 0x80], "big"), at + size - 0x80
        yield tag, der[at : at + size]
        at += size


def check_signature(root: Path, fingerprint: str) -> Iterator[str]:
    if not (root / "MANIFEST.sig").exists():
        yield "MANIFEST.sig: is missing: nobody signed this pack; --unsigned checks the rest of it"
        return
    der = certificate_of(root)
    if fingerprint not in ("", hashlib.sha256(der).hexdigest()):
        yield "certificate.pem: is not the certificate whose fingerprint was demanded"
    # X.509: an optional version [0], then serial number, algorithm, issuer, validity, subject, key.
    fields = [content for tag, content in parts(next(parts(next(parts(der))[1]))[1]) if tag != 0xA0]
    algorithm, key = (content for _, content in parts(fields[5]))
    if not algorithm.startswith(RSA):
        yield "certificate.pem: its key is no RSA key"
    modulus, exponent = (int.from_bytes(content, "big") for _, content in parts(next(parts(key[1:]))[1]))
    # RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017.
    size, signature = (modulus.bit_length() + 7) // 8, (root / "MANIFEST.sig").read_bytes()
    ending = b"\x00" + SHA256 + hashlib.sha256((root / "MANIFEST").read_bytes()).digest()
    signed = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    if len(signature) != size or signed != b"\x00\x01".ljust(size - len(ending), b"\xff") + ending:
        yield "MANIFEST.sig: is not this certificate's signature of MANIFEST"


def read(root: Path, member: str) -> Iterator[tuple[str, int, str]]:
    """Yield section, line and text of each row of a member; an empty text where a section begins."""
    section = ""
    with (root / member).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\n")
            single = re.match(r'\{?"(about|totals)":(\{.*\})[,}]$', text)
            if single:
                yield single[1], number, single[2]
            elif text.endswith('":['):
                section = text[1:-3]
                yield section, number, ""
            elif text not in ("]", "],"):
                yield section, number, text.rstrip(",")


class Acts:
    """The chain of acts: what those that are shown say of each file, and the content of each by its number."""

    def __init__(self) -> None:
        self.of_files: dict[str, dict[str, Any]] = defaultdict(dict)
        self.shown: dict[int, dict[str, Any]] = {}

    def check(self, root: Path) -> Iterator[str]:
        last, head = 0, "0" * 64
        about = json.loads(next(read(root, "evidence.json"))[2])
        for section, number, text in read(root, "acts.json"):
            if section != "acts" or not text:
                continue
            row = json.loads(text)
            where = f"acts.json line {number} (act {row['id']} {row.get('kind', '')} {row.get('subject', '')})"
            if row["id"] != last + 1:
                yield f"{where}: doesn't follow act {last}: one is missing, was added or is out of order"
            elif row["previous_hash"] != head:
                yield f"{where}: isn't linked to act {last}: one of the two was changed"
            last, head = row["id"], row["hash"]
            if "content" in row:
                fields = {key: value for key, value in row.items() if key != "hash"}
                fields["at"] = row["at"].replace("Z", "+00:00")
                if hashlib.sha256(canonical(fields).encode()).hexdigest() != head:
                    yield f"{where}: was edited: its hash is that of other values"
                self.take(row["id"], row["kind"], row["subject"], json.loads(row["content"]))
            elif about["suppliers"] is None:
                yield f"{where}: its content was left out"
        if (about["acts"], about["head"]) != (last, head):
            yield f"acts.json: ends with act {last}, where evidence.json names act {about['acts']} or another hash"

    def take(self, act: int, kind: str, subject: str, told: dict[str, Any]) -> None:
        """Note what an act says of files: later acts of a file complete or replace the earlier ones."""
        self.shown[act] = {} if kind in ("issue-slot", "prove-files", "see-receipts") else told
        reports = told["reports"] if kind == "recover" else []
        for slot in [told] if kind in ("issue-slot", "correct") else [one for it in reports for one in it["slots"]]:
            for file in slot["files"]:
                made = {"slot": slot["due_at"], "issued_at": file.get("created_at") or slot["generated_at"]}
                self.of_files[file["name"]] = {**file, **made, "issued_in_act": act}
        for file in [file for report in reports for file in report["gave_way"]]:
            self.of_files.pop(file["name"], None)
        if kind in ("publish-file", "adopt-file"):
            self.of_files[subject].update(told, published_in_act=act)
        elif kind == "prove-files":
            for name in told["files"]:
                self.of_files[name].update(proved_at=told["proved_at"], proved_in_act=act)
        elif kind == "see-receipts":
            for seen in told["files"]:
                said = {"seen_by_recipient": seen["seen"], "opened_by": seen["people"]}
                said.update({key: seen[key] for key in ("seen_at", "opened")})
                self.of_files[seen["name"]].update(said, receipt_found_at=told["found_at"], seen_in_act=act)
        elif kind == "resend":
            for file in told["files"]:
                for key in (*file, "published_in_act", "proved_in_act"):
                    self.of_files[file["name"]].pop(key, None)


class Evidence:
    """The rows of evidence.json against their seals, the CSV tables, the acts, the calendar and the files' bytes."""

    def __init__(self, root: Path, acts: Acts) -> None:
        self.root, self.acts = root, acts
        self.about: dict[str, Any] = {}
        self.counted: dict[str, int] = Counter()
        self.without_rows: dict[tuple[str, str], list[str]] = {}
        self.numbers: dict[tuple[str, str], list[int]] = defaultdict(list)

    def check(self) -> Iterator[str]:
        yield from self.rows("evidence.json")
        for report, slot in sorted(set(calendar(self.about)) - self.without_rows.keys()):
            yield f"evidence.json slots: {report} {slot} fell due and isn't there"
        for name, told in self.acts.of_files.items():
            if self.about["from"] <= told.get("slot", "") < self.about["to"]:
                yield f"evidence.json files: {name} isn't there, and act {told['issued_in_act']} issued it"

    def rows(self, member: str) -> Iterator[str]:
        """Yield what is wrong with the rows of a member; each is sealed, numbered, and repeated in a CSV table."""
        table: dict[str, int] = {}
        section, expected = "", 0
        totals: dict[str, int] = {}
        self.counted.clear()
        for now, line, text in read(self.root, member):
            if now in ("about", "totals") or not text:
                yield from (f"{section}.csv row {number}: isn't in {member}" for number in table)
                section, expected, table = now, 0, {} if text else table_of(self.root / f"{now}.csv")
                totals = json.loads(text) if now == "totals" else totals
                self.about = json.loads(text) if now == "about" and not self.about else self.about
                continue
            expected += 1
            body, _, seal = text.rpartition(',"row_sha256":"')
            where = f"{member} line {line} ({section} row {expected})"
            try:
                row = json.loads(body + "}")
                where = f"{where[:-1]} {' '.join(str(row[key]) for key in NAMES if row.get(key))})"
                if hashlib.sha256(f"{body}}}".encode()).hexdigest() != seal[:-2]:
                    yield f"{where}: was edited: its seal is that of other values"
                if row["row"] != expected:
                    yield f"{where}: says it is row {row['row']}: one is missing, was added or is out of order"
                    expected = row["row"]
                cells = {key: cell(value) for key, value in [*row.items(), ("row_sha256", seal[:-2])]}
                if table.pop(str(row["row"]), None) != hash(canonical(cells)):
                    yield f"{where}: differs from {section}.csv, or isn't in it"
                yield from (f"{where}: {what}" for what in self.row(section, row))
            except DAMAGE as error:
                yield f"{where}: isn't such a row: {type(error).__name__}: {error}"
        if totals != self.counted:
            yield f"{member} totals: are not those of its rows"

    def row(self, section: str, row: dict[str, Any]) -> Iterator[str]:
        """Yield what is wrong with a row whatever its seal says."""
        self.counted[section] += 1
        for key in ("outcome", "timeliness", "kind"):
            if key in row:
                self.counted[f"{section} {row[key]}"] += 1
        act = self.acts.shown.get(row["act"], {}) if section in ("folders", "changes", "access") else {}
        yield from (f"{key} is not what act {row['act']} says" for key in act if row.get(key, act[key]) != act[key])
        if section == "slots":
            self.without_rows[row["report"], row["slot"]] = row["without_rows"]
        elif section == "files":
            yield from self.file(row)
        elif section == "streams":
            numbers = self.numbers.pop((row["report"], row["recipient"]), [])
            spared = [*row["elsewhere"], *row["lost"]]
            numbers += [number for first, last in spared for number in range(first, last + 1)]
            if sorted(numbers) != list(range(row["first"], row["last"] + 1)):
                yield f"{row['recipient']}'s numbers {row['first']} to {row['last']} have gaps, or one is there twice"

    def file(self, row: dict[str, Any]) -> Iterator[str]:
        self.counted["rows"] += row["rows"]
        self.counted["bytes"] += row["size"]
        self.numbers[row["report"], row["recipient"]].append(row["sequence"])
        digits = re.sub(r"\D", "", row["issued_at"][:19])
        if row["name"] != f"{row['report']}_{row['recipient']}_{row['sequence']}_{digits}.csv":
            yield "its name is not that of its report, recipient, number and instant"
        if row["recipient"] in self.without_rows[row["report"], row["slot"]]:
            yield "its slot says that the recipient had no rows"
        instants = [row[key] for key in ("slot", "issued_at", "published_at", "proved_at") if row[key]]
        if instants != sorted(instants):
            yield "it was issued before it fell due, published before it was issued, or proved before that"
        if row["timeliness"] != timeliness(row, self.about["deadline_seconds"]):
            yield f"it is not {row['timeliness']}, by its instants"
        told = self.acts.of_files.pop(row["name"], {})
        yield from (f"{key} is not what the acts say" for key in told if row.get(key, told[key]) != told[key])
        for what in ("issued", "published", "proved"):
            act, is_told = row[f"{what}_in_act"], f"{what}_in_act" in told or row["recovered"]
            if (act is None) != (row[f"{what}_at"] is None) or (act in self.acts.shown and not is_told):
                yield f"no act says that it was {what}"
        unknown, act = row["seen_by_recipient"] == "unknown", row["seen_in_act"]
        if unknown != (act is None) or (act in self.acts.shown and "seen_in_act" not in told):
            yield "no act says what it says of its readers"
        if self.about["files_included"] and sha256_of(self.root / "files" / row["name"]) != row["sha256"]:
            yield f"files/{row['name']} is not the file that was issued"


def calendar(about: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield report and instant of every slot that fell due in the span."""
    at = datetime.fromisoformat(about["from"][:13] + ":00:00")
    while (slot := f"{at:%Y-%m-%dT%H:%M:%S}.000000Z") < about["to"]:
        for digit, pattern in DUE.items():
            if slot >= about["from"] and re.fullmatch(pattern, f"{at:%w%d%H}"):
                yield f"ECOSMIG-00{digit}", slot
        at += timedelta(hours=1)


def timeliness(row: dict[str, Any], deadline_seconds: int) -> str:
    """Return what a file is by its first proof; the time of a correction runs from its own issue."""
    proofs = [it["proved_at"] for it in [*row["earlier"], row] if it["proved_at"]]
    if not proofs:
        return "withdrawn" if row["withdrawn_at"] else "not-proved"
    due = datetime.fromisoformat(row["issued_at" if row["is_correction"] else "slot"][:26])
    until = f"{(due + timedelta(seconds=deadline_seconds)).isoformat(timespec='microseconds')}Z"
    return "recovered" if row["recovered"] else "in-time" if min(proofs) <= until else "late"


def table_of(path: Path) -> dict[str, int]:
    rows: dict[str, int] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            rows[cells["row"] if cells["row"] not in rows else f"{cells['row']}, once more"] = hash(canonical(cells))
    return rows


def cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else canonical(value)


def found(checks: dict[str, Iterator[str]]) -> Iterator[str]:
    for what, check in checks.items():
        try:
            yield from check
        except DAMAGE as error:
            yield f"{what}: can't be read to its end: {type(error).__name__}: {error}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--fingerprint", default="", help="demand the certificate with this SHA-256 fingerprint")
    parser.add_argument("--unsigned", action="store_true", help="check a pack that nobody signed")
    chosen = parser.parse_args(arguments)
    root, demanded = chosen.folder, re.sub("[^0-9a-f]", "", chosen.fingerprint.lower()) or chosen.fingerprint
    acts = Acts()
    evidence = Evidence(root, acts)
    checks = {"MANIFEST": check_members(root), "MANIFEST.sig, certificate.pem": check_signature(root, demanded)}
    if chosen.unsigned and not demanded and not (root / "MANIFEST.sig").exists():
        print("UNSIGNED: nobody vouches for this pack; only whether it contradicts itself is checked.")
        del checks["MANIFEST.sig, certificate.pem"]
    checks.update({"acts.json": acts.check(root), "evidence.json": evidence.check()})
    findings = list(found(checks))
    counted = dict(evidence.counted)
    if (root / "server.json").exists():
        findings += found({"server.json": evidence.rows("server.json")})
        counted.update(evidence.counted)
    for finding in findings:
        print(ascii(finding)[1:-1])
    if findings:
        print(f"NO: {len(findings)} findings. This is not the pack as it was exported.")
        return 1
    print("\n".join(f"{count:>12,} {key}" for key, count in sorted(counted.items())))
    if (root / "MANIFEST.sig").exists():
        print(
            "Signed by the certificate whose SHA-256 fingerprint is", hashlib.sha256(certificate_of(root)).hexdigest()
        )
        print("Compare it with the one that the publisher told you in another way, or demand it: --fingerprint HEX")
    print(f"YES: the pack is whole. {evidence.about['acts']:,} acts, of which {len(acts.shown):,} are shown in full.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
