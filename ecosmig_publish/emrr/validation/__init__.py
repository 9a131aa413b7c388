"""Whether a report file is right, field by field, and whether a folder of them is whole."""

from ecosmig_publish.emrr.validation.file import validate_file
from ecosmig_publish.emrr.validation.findings import Finding
from ecosmig_publish.emrr.validation.folder import FileContent, contents_of, validate_sequence

__all__ = ["FileContent", "Finding", "contents_of", "validate_file", "validate_sequence"]
