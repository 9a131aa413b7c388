"""Uploads and acts as plain CSV and JSON, for programs and for people."""

from ecosmig_publish.evidence.exporting.columns import ACT_COLUMNS, FILE_COLUMNS, act_row, file_row
from ecosmig_publish.evidence.exporting.csv_text import CsvWriter, cell, commands
from ecosmig_publish.evidence.exporting.json_text import write_json

__all__ = [
    "ACT_COLUMNS",
    "FILE_COLUMNS",
    "CsvWriter",
    "act_row",
    "cell",
    "commands",
    "file_row",
    "write_json",
]
