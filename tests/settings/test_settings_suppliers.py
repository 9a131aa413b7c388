from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings.suppliers import read_suppliers
from tests.settings.written import START, loaded, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.settings import Settings

HEADER = "signifier,users,group\n"


def of_file(folder: Path, name: str, text: str) -> Settings:
    (folder / name).write_text(text, encoding="utf-8")
    return loaded(folder, f'suppliers = "{name}"\n' + START)


def refused(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return refusal(folder, f'suppliers = "{name}"\n' + START)


def test_users_are_parted_by_semicolons_and_a_group_stands_alone(tmp_path: Path) -> None:
    text = HEADER + 'PXX999,a@x.test; b@x.test ,\n\n"PXX998",,ops@x.test\n'
    first, second = of_file(tmp_path, "suppliers.csv", text).suppliers
    assert (first.signifier, first.users, first.group) == ("PXX999", ("a@x.test", "b@x.test"), None)
    assert (second.signifier, second.users, second.group) == ("PXX998", (), "ops@x.test")


def test_columns_may_stand_in_any_order_and_after_a_byte_order_mark(tmp_path: Path) -> None:
    (supplier,) = of_file(tmp_path, "suppliers.csv", "\ufeffgroup,signifier,users\r\n,PXX999,a@x.test\r\n").suppliers
    assert (supplier.signifier, supplier.users) == ("PXX999", ("a@x.test",))


def test_suppliers_may_stand_in_a_toml_file(tmp_path: Path) -> None:
    text = '[[suppliers]]\nsignifier = "PXX999"\ngroup = "g"\n'
    assert of_file(tmp_path, "suppliers.toml", text).suppliers[0].group == "g"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its columns are none"),
        ("signifier,users\nPXX999,a\n", "its columns are signifier, users"),
        ("signifier,users,group,phone\n", "its columns are signifier, users, group, phone"),
        ("signifier,users,group,group\n", "its columns are signifier, users, group, group"),
        (HEADER + "PXX999,a\n", "suppliers.csv, line 2: 2 values where the columns are signifier, users, group"),
        (HEADER + "PXX998,a,\nPXX999,a,b,c\n", "suppliers.csv, line 3: 4 values"),
        (HEADER + "pxx999,a,\n", "suppliers.csv, line 2: signifier: 'pxx999' is not a SEC Party Signifier"),
        (HEADER + "PXX998,,\nPXX999,a,b\n", "suppliers.csv, line 3: PXX999 has both users and a group"),
        (HEADER + "PXX999,a,\nPXX999,b,\n", "PXX999 stands there twice"),
        (HEADER + '"PXX999,a,\n', "suppliers.csv, line 2: unexpected end of data"),
    ],
)
def test_a_wrong_csv_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, "suppliers.csv", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it holds something else than [[suppliers]]"),
        ("suppliers = 5\n", "it holds something else than [[suppliers]]"),
        ('[[supplier]]\nsignifier = "PXX999"\n', "it holds something else than [[suppliers]]"),
        ("[[suppliers]]\n", "suppliers.toml, entry 1: signifier: missing"),
        ("[[suppliers]\n", "not TOML"),
    ],
)
def test_a_wrong_toml_is_refused_with_its_entry(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, "suppliers.toml", text)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    assert "suppliers.csv: No such file or directory" in refusal(tmp_path, 'suppliers = "suppliers.csv"\n' + START)


def test_another_kind_of_file_is_an_error(tmp_path: Path) -> None:
    assert "neither a .csv nor a .toml file" in refusal(tmp_path, 'suppliers = "suppliers.xlsx"\n' + START)


def test_a_file_that_is_not_utf8_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "suppliers.csv").write_bytes(HEADER.encode() + b"PXX999,\xe9@x.test,\n")
    # The header has 22 bytes, "PXX999," 7 more.
    assert "not UTF-8 at byte 29" in refusal(tmp_path, 'suppliers = "suppliers.csv"\n' + START)


def test_the_next_step_for_a_file_that_is_not_utf8_is_to_save_it_as_utf8(tmp_path: Path) -> None:
    (tmp_path / "suppliers.csv").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError) as refused:
        read_suppliers(tmp_path / "suppliers.csv")
    assert refused.value.hint == "Save it as UTF-8."
