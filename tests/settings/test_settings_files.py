from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings import load_settings
from ecosmig_publish.settings.template import render_template
from tests.settings.written import START, loaded, refusal

ROOT = Path(__file__).parents[2]


def test_the_named_file_goes_before_the_variable_and_both_before_the_folders_own(tmp_path: Path) -> None:
    for number, name in enumerate(("named.toml", "variable.toml", "ecosmig.toml", "config/ecosmig.toml"), 1):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{START}rows_per_file = {number}\n", encoding="utf-8")
    environ = {"ECOSMIG_CONFIG": "variable.toml"}
    found = [load_settings(Path("named.toml"), environ, tmp_path), load_settings(None, environ, tmp_path)]
    found.append(load_settings(None, {}, tmp_path))
    (tmp_path / "ecosmig.toml").unlink()
    found.append(load_settings(None, {"ECOSMIG_CONFIG": ""}, tmp_path))
    assert [settings.rows_per_file for settings in found] == [1, 2, 3, 4]


def test_without_any_file_the_message_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"neither ecosmig\.toml nor config/ecosmig\.toml"):
        load_settings(None, {}, tmp_path)


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"--config nowhere\.toml: no such file"):
        load_settings(Path("nowhere.toml"), {}, tmp_path)


def test_a_variable_that_names_no_file_is_said_as_such(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ECOSMIG_CONFIG nowhere\.toml: no such file"):
        load_settings(None, {"ECOSMIG_CONFIG": "nowhere.toml"}, tmp_path)


def test_a_folder_in_the_files_place_is_said_as_such(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    with pytest.raises(ConfigurationError, match=r"a folder; did you mean config/ecosmig\.toml"):
        load_settings(Path("config"), {}, tmp_path)


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "not TOML" in refusal(tmp_path, START + "rows_per_file 5\n")
    assert "line 2" in refusal(tmp_path, START + "rows_per_file 5\n")


def test_what_is_not_utf8_is_refused_with_its_place(tmp_path: Path) -> None:
    # START has 29 bytes, the section's line 9, and 11 stand before the byte that begins no character.
    (tmp_path / "ecosmig.toml").write_bytes(START.encode() + b'[source]\nurl = "csv:\xe9"\n')
    with pytest.raises(ConfigurationError, match="not UTF-8 at byte 49"):
        load_settings(None, {}, tmp_path)


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff" + START).rows_per_file == 999_999


def test_the_template_is_valid_as_it_stands(tmp_path: Path) -> None:
    assert loaded(tmp_path, render_template()).source.url == "parquet:data"


def test_the_example_in_config_is_the_template() -> None:
    assert (ROOT / "config" / "ecosmig.example.toml").read_text(encoding="utf-8") == render_template()


def test_every_commented_key_of_the_template_is_valid_too(tmp_path: Path) -> None:
    without_the_other_form = render_template().replace('# suppliers = "suppliers.csv"', "")
    keys = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", without_the_other_form)
    settings = loaded(tmp_path, keys)
    assert settings.destination.sharepoint is not None
    assert settings.suppliers[0].signifier == "PXX999"
    assert set(settings.source.tables) == {"migration_attempts"}
