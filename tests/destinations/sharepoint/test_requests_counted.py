"""How many requests what takes: a small file two, a folder one, a run a few more; nothing before a need."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ecosmig_publish.fingerprint import fingerprint_file
from tests.destinations.conformance.bench import sample
from tests.destinations.sharepoint.test_faults_at_each_request import IN_PARTS, place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.stand import Stand


def kinds(stand: Stand) -> list[str]:
    return [request.method for request in stand.sandbox.requests()]


def test_a_publisher_that_is_not_used_sends_nothing(stand: Stand) -> None:
    stand.publisher()
    assert stand.sandbox.requests() == []


def test_a_first_file_takes_a_dozen_requests_at_most_and_each_further_one_two(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    publisher.check_folder(folder)
    publisher.sweep(folder)
    place(publisher, folder, sample(tmp_path, b"1", "1.csv"))
    # Sign-in two; site, library, its two folders, who can read staging and the recipient's, what stands in both; two.
    first = kinds(stand)
    assert len(first) <= 12
    assert (first[:2], set(first[2:-2]), first[-2:]) == (["GET", "POST"], {"GET"}, ["PUT", "PATCH"])
    stand.sandbox.clear_requests()
    place(publisher, folder, sample(tmp_path, b"2", "2.csv"))
    assert kinds(stand) == ["PUT", "PATCH"]
    assert sum(request.resource_units for request in stand.sandbox.requests()) == 4


def test_each_further_folder_takes_one_request_of_five_units(stand: Stand) -> None:
    publisher = stand.publisher()
    folders = [stand.recipient(f"PXX00{number}", "Party") for number in range(1, 5)]
    publisher.check_folder(folders[0])
    stand.sandbox.clear_requests()
    for folder in folders[1:]:
        publisher.check_folder(folder)
        publisher.sweep(folder)
    # And one listing for all that is staged.
    assert [request.resource_units for request in stand.sandbox.requests()] == [5, 2, 5, 5]


def test_a_listing_of_the_folders_is_good_for_a_minute_and_no_longer(stand: Stand) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    publisher.check_folder(folder)
    stand.sandbox.clear_requests()
    stand.driven.sleep(61)
    publisher.check_folder(folder)
    assert [request.resource_units for request in stand.sandbox.requests()] == [2, 5]


def test_a_large_file_takes_a_look_a_session_its_parts_and_a_move(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    publisher.check_folder(folder)
    stand.sandbox.clear_requests()
    place(publisher, folder, sample(tmp_path, IN_PARTS))
    assert kinds(stand) == ["GET", "POST", "PUT", "PUT", "PATCH"]


def test_a_large_file_that_is_there_is_not_sent_again(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    file = sample(tmp_path, IN_PARTS)
    place(publisher, folder, file)
    stand.sandbox.clear_requests()
    assert place(publisher, folder, file).adopted
    assert "PUT" not in kinds(stand)


def test_many_threads_share_one_sign_in(stand: Stand, tmp_path: Path) -> None:
    publisher = stand.publisher()
    folders = [stand.recipient(f"PXX00{number}", "Party") for number in range(1, 5)]
    path = sample(tmp_path, b"00,1\r\n").path
    fingerprint = fingerprint_file(path)
    work = [(folder, f"{number}.csv") for folder in folders for number in range(10)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: publisher.place(one[0], one[1], path, fingerprint), work))
    tokens = [request for request in stand.sandbox.requests() if request.path.endswith("/token")]
    assert len(tokens) == 1
    assert kinds(stand).count("PUT") == kinds(stand).count("PATCH") == len(work)
    assert all(len(stand.standing(folder)) == 10 for folder in folders)


def test_every_request_says_who_we_are(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    place(publisher, folder, sample(tmp_path, IN_PARTS))
    b"".join(publisher.read(folder, next(iter(stand.standing(folder)))))
    agents = {request.user_agent for request in stand.sandbox.requests()}
    assert len(agents) == 1
    assert agents.pop().startswith("NONISV|contoso|ecosmig/")
