"""What only a disk can do to a folder destination."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.folder import FolderOnDisk
from ecosmig_publish.destinations.folder.entries import instant_of
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import (
    DestinationError,
    EcosmigError,
    FolderAccessError,
    FolderMissingError,
    NameTakenError,
    NotFoundError,
)
from tests.destinations.conformance.bench import NAME, Sample, listed, read, sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A = Signifier("PXX001")
FOLDER = Folder(A, "PXX001 Alpha", "PXX001 Alpha")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "published"
    FolderOnDisk(path).onboard(A, "Alpha", None)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Sample:
    return sample(tmp_path, b"00,1\r\n")


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def place(root: Path, file: Sample) -> bool:
    return FolderOnDisk(root).place(FOLDER, file.name, file.path, file.fingerprint).adopted


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_link(path: Path) -> None:
    (path.parent.parent / "elsewhere.csv").write_bytes(b"00,1\r\n")
    path.symlink_to("../elsewhere.csv")


def put_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def put_socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


@pytest.mark.parametrize("put", [put_pipe, put_link, put_dangling_link, put_socket])
class TestWhatIsNoFile:
    def test_it_is_listed_without_a_hash_and_nobody_waits_for_it(self, root: Path, put: object) -> None:
        assert callable(put)
        put(root / FOLDER.id / "odd.csv")
        assert listed(FolderOnDisk(root), FOLDER)["odd.csv"][1] is None

    def test_it_can_t_be_read(self, root: Path, put: object) -> None:
        assert callable(put)
        put(root / FOLDER.id / "odd.csv")
        with pytest.raises(NotFoundError):
            read(FolderOnDisk(root), FOLDER, "odd.csv")

    def test_it_is_never_adopted_nor_written_through(self, root: Path, file: Sample, put: object) -> None:
        assert callable(put)
        put(root / FOLDER.id / NAME)
        with pytest.raises(NameTakenError):
            place(root, file)


def test_a_folder_that_is_a_link_to_another_recipients_gets_nothing(root: Path, file: Sample) -> None:
    destination = FolderOnDisk(root)
    other = destination.onboard(Signifier("PXX002"), "Beta", None).folder
    (root / FOLDER.id).rmdir()
    (root / FOLDER.id).symlink_to(other.id)
    with pytest.raises(FolderAccessError):
        destination.check_folder(FOLDER)
    with pytest.raises(FolderAccessError):
        place(root, file)
    assert listed(destination, other) == {}


def test_a_file_in_the_folders_place_is_a_missing_folder(root: Path, file: Sample) -> None:
    (root / FOLDER.id).rmdir()
    (root / FOLDER.id).write_text("a file")
    with pytest.raises(FolderMissingError):
        FolderOnDisk(root).check_folder(FOLDER)
    with pytest.raises(FolderMissingError):
        place(root, file)


def test_a_pin_that_leads_out_of_the_root_is_refused(root: Path, file: Sample) -> None:
    (root.parent / "PXX001 Outside").mkdir()
    outside = Folder(A, "../PXX001 Outside", "PXX001 Outside")
    for act in (FolderOnDisk(root).check_folder, lambda folder: list(FolderOnDisk(root).listing(folder))):
        with pytest.raises(DestinationError, match="no name"):
            act(outside)
    with pytest.raises(DestinationError, match="no name"):
        FolderOnDisk(root).place(outside, file.name, file.path, file.fingerprint)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("folder", "expected"), [(0o700, 0o600), (0o750, 0o640), (0o755, 0o644), (0o2770, 0o640)])
def test_a_file_can_be_read_by_whoever_can_read_its_folder_and_written_by_nobody_else(
    root: Path, file: Sample, folder: int, expected: int
) -> None:
    (root / FOLDER.id).chmod(folder)
    place(root, file)
    assert stat.S_IMODE((root / FOLDER.id / NAME).stat().st_mode) == expected


@pytest.mark.usefixtures("umask")
def test_a_folder_that_is_made_is_closed_to_strangers(root: Path) -> None:
    assert stat.S_IMODE((root / FOLDER.id).stat().st_mode) == 0o750


def test_a_name_that_is_no_text_is_listed_as_something_that_can_be_printed(root: Path) -> None:
    (root / FOLDER.id / os.fsdecode(b"\xff.csv")).write_bytes(b"a")
    assert set(listed(FolderOnDisk(root), FOLDER)) == {r"\xff.csv"}


@pytest.mark.parametrize("seconds", [1e12, -1e12, 1e30, float("nan")])
def test_an_instant_that_no_calendar_has_is_unknown(seconds: float) -> None:
    assert instant_of(seconds) is None


def test_a_file_that_goes_while_it_is_listed_has_no_hash(root: Path, file: Sample) -> None:
    place(root, file)
    (item,) = FolderOnDisk(root).listing(FOLDER)
    (root / FOLDER.id / NAME).unlink()
    assert item.hash() is None


def test_what_only_looks_like_a_leftover_is_listed_and_stays(root: Path) -> None:
    names = {".ecosmig-part-notes.txt", ".ecosmig-part-" + "a" * 32 + ".csv", ".ecosmig-part-" + "A" * 32}
    for name in names:
        (root / FOLDER.id / name).write_bytes(b"somebody's")
    (root / FOLDER.id / (".ecosmig-part-" + "b" * 32)).mkdir()
    FolderOnDisk(root).sweep(FOLDER)
    assert set(listed(FolderOnDisk(root), FOLDER)) == names | {".ecosmig-part-" + "b" * 32}


def test_where_a_disk_has_no_links_a_file_is_renamed_and_a_taken_name_is_still_refused(
    root: Path, tmp_path: Path, file: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_arguments: object, **_keywords: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    assert not place(root, file)
    assert place(root, file)
    with pytest.raises(NameTakenError):
        place(root, sample(tmp_path, b"00,2\r\n"))
    assert [path.read_bytes() for path in (root / FOLDER.id).iterdir()] == [b"00,1\r\n"]


def test_a_rival_file_that_is_gone_again_is_no_reason_to_take_it_for_placed(
    root: Path, file: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.link

    def fleeting_rival(_source: str, target: str) -> None:
        monkeypatch.setattr(os, "link", real)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)

    monkeypatch.setattr(os, "link", fleeting_rival)
    assert not place(root, file)
    assert (root / FOLDER.id / NAME).read_bytes() == b"00,1\r\n"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.EIO])
def test_an_error_of_the_disk_says_what_where_and_what_to_do_and_keeps_its_cause(
    root: Path, file: Sample, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DestinationError) as refused:
        place(root, file)
    assert str(root / FOLDER.id) in str(refused.value)
    assert os.strerror(number) in str(refused.value)
    assert "run" in refused.value.hint
    assert isinstance(refused.value.__cause__, OSError)


def test_bytes_that_the_disk_changes_are_taken_away_again(
    root: Path, file: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, b"x" * len(data)))
    with pytest.raises(DestinationError, match="not what was issued"):
        place(root, file)
    assert list((root / FOLDER.id).iterdir()) == []


def test_a_disk_that_writes_little_at_a_time_gets_the_whole_file(
    root: Path, file: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:1]))
    place(root, file)
    assert (root / FOLDER.id / NAME).read_bytes() == b"00,1\r\n"


def test_a_link_in_the_roots_place_of_a_folder_is_not_taken_over(root: Path) -> None:
    (root / FOLDER.id).rename(root / "PXX002 Beta")
    (root / FOLDER.id).symlink_to("PXX002 Beta")
    with pytest.raises(FolderAccessError):
        FolderOnDisk(root).onboard(A, "Alpha", None)


def test_a_file_that_has_the_name_of_the_folder_to_be_made_is_said(root: Path) -> None:
    (root / "PXX002 Beta").write_text("a file")
    with pytest.raises(EcosmigError, match="PXX002 Beta"):
        FolderOnDisk(root).onboard(Signifier("PXX002"), "Beta", None)


def test_what_is_found_by_name_is_as_it_is_listed(root: Path, file: Sample) -> None:
    place(root, file)
    folder = root / FOLDER.id
    (folder / "inner").mkdir()
    (folder / "away.csv").symlink_to(folder / file.name)
    (folder / f".ecosmig-part-{'0' * 32}").write_bytes(b"left")
    disk = FolderOnDisk(root)
    listed_now = {it.name: (it.id, it.size, it.modified_at, it.hash()) for it in disk.listing(FOLDER)}
    found = disk.find(FOLDER, [*listed_now, "nowhere.csv"])

    assert {it.name: (it.id, it.size, it.modified_at, it.hash()) for it in found} == listed_now
    assert listed_now.keys() == {file.name, "inner", "away.csv"}
    assert set(disk.names(FOLDER)) >= listed_now.keys()
    with pytest.raises(DestinationError):
        list(disk.find(FOLDER, ["../PXX002 Beta/x.csv"]))
    folder.rename(root / "elsewhere")
    for look in (lambda: disk.names(FOLDER), lambda: list(disk.find(FOLDER, [file.name]))):
        with pytest.raises(FolderMissingError):
            look()
