"""The outbox: lines, files, directories."""
