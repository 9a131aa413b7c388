"""Which item an address means: by id, by path, by id and path, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.graph.refusals import bad_request, not_found, unknown_segment

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.state.items import Drive, Item, Items


@dataclass(frozen=True, slots=True)
class Address:
    """An item and what is asked of it.

    `start` is an item that exists, `names` the path below it, `call` what stands behind, `""` for the item itself.
    """

    drive: Drive
    start: Item
    names: tuple[str, ...]
    call: str

    @property
    def by_path(self) -> bool:
        """Whether the address has a path."""
        return bool(self.names)


def parse_address(items: Items, drive: Drive, text: str) -> Address:
    """Read what follows a library in a decoded path, such as `root:/a/b.csv:/content` or `items/ID/children`.

    A colon is in no name, so it ends a path wherever it stands; one address may go on from there.
    Raises `Refusal`.
    """
    first, _, rest = text.partition("/")
    if first == "items" and rest:
        return _from_item(items, drive, rest)
    if first == "root" or first.startswith("root:"):
        return _from_item(items, drive, text)
    raise unknown_segment(first)


def _from_item(items: Items, drive: Drive, text: str) -> Address:
    head, colon, path_and_call = _split_at_anchor(text)
    start = items.get(drive.root if head == "root" else head, drive.id)
    if start is None:
        raise not_found()
    if not colon:
        return Address(drive, start, (), path_and_call.strip("/"))
    path, second, call = path_and_call.partition(":")
    if second and call and not call.startswith("/"):
        raise bad_request("A path is followed by ':/' and what is asked of the item.")
    names = tuple(name for name in path.split("/") if name)
    return Address(drive, start, names, call.strip("/"))


def _split_at_anchor(text: str) -> tuple[str, str, str]:
    """Return the item's id, `:` where a path follows, and what follows."""
    slash = text.find("/")
    colon = text.find(":")
    if colon >= 0 and (slash < 0 or colon < slash):
        return text[:colon], ":", text[colon + 1 :]
    if slash < 0:
        return text, "", ""
    return text[:slash], "", text[slash + 1 :]
