"""The outbox: record batches become recipients' files that wait for publication.

`outbox.writing` is not offered here: it needs Arrow and numpy, which a run with nothing due must not pay for.
"""

from ecosmig_publish.outbox.directory import Outbox
from ecosmig_publish.outbox.file import WrittenFile

__all__ = ["Outbox", "WrittenFile"]
