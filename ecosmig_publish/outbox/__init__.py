"""The outbox: record batches become recipients' files that wait for publication."""

from ecosmig_publish.outbox.directory import Outbox
from ecosmig_publish.outbox.file import WrittenFile
from ecosmig_publish.outbox.writing import HeldRow, WrittenSlot, write_slot

__all__ = ["HeldRow", "Outbox", "WrittenFile", "WrittenSlot", "write_slot"]
