"""Who may see which item: grants on it, or on the nearest folder above that has its own."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.state.database import Database
    from ecosmig_publish.sandbox.state.items import Item, Items

Kind = Literal["user", "group", "siteGroup", "application", "link"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A principal's role on an item; for a link, `scope` says for whom it works and `principal` is its token."""

    id: str
    item: str
    kind: Kind
    principal: str
    role: str
    scope: str = ""


def grant_id(kind: Kind, principal: str) -> str:
    """Return the id of a principal's grant: always the same, as SharePoint's is."""
    return base64.urlsafe_b64encode(f"{kind}|{principal}".encode()).decode("ascii").rstrip("=")


class Grants:
    """Reads and changes grants. An item without its own inherits all of its folder's."""

    def __init__(self, database: Database, items: Items) -> None:
        self._database = database
        self._items = items

    def own(self, item: str) -> list[Grant]:
        """Return the grants that stand on the item itself."""
        statement = "SELECT id, item, kind, principal, role, scope FROM access_grant WHERE item = ? ORDER BY rowid"
        return [Grant(*row) for row in self._database.rows(statement, item)]

    def effective(self, item: Item) -> tuple[list[Grant], bool]:
        """Return the grants that hold for an item, and whether they are inherited."""
        for scope in [item, *self._items.ancestors(item)[::-1]]:
            if scope.own_grants:
                return self.own(scope.id), scope.id != item.id
        return [], True

    def break_inheritance(self, item: Item, *, keep: bool) -> None:
        """Give an item its own grants: a copy of what it inherited, or none. Nothing happens where it has its own."""
        if item.own_grants:
            return
        with self._database.transaction():
            inherited, _ = self.effective(item)
            self._database.run("UPDATE item SET own_grants = 1 WHERE id = ?", item.id)
            for grant in inherited if keep else []:
                self.put(item.id, grant.kind, grant.principal, grant.role, grant.scope)

    def restore_inheritance(self, item: Item) -> None:
        """Drop an item's own grants."""
        with self._database.transaction():
            self._database.run("DELETE FROM access_grant WHERE item = ?", item.id)
            self._database.run("UPDATE item SET own_grants = 0 WHERE id = ?", item.id)

    def put(self, item: str, kind: Kind, principal: str, role: str, scope: str = "") -> Grant:
        """Grant a role; a principal has one on an item, the last given."""
        grant = Grant(grant_id(kind, principal), item, kind, principal, role, scope)
        with self._database.transaction():
            changed = self._database.run(
                "UPDATE access_grant SET role = ?, scope = ? WHERE item = ? AND id = ?", role, scope, item, grant.id
            )
            if not changed:
                values = {name: getattr(grant, name) for name in Grant.__dataclass_fields__}
                self._database.insert("access_grant", values)
        return grant

    def remove(self, item: str, grant: str) -> bool:
        """Withdraw a grant; returns whether there was one."""
        return bool(self._database.run("DELETE FROM access_grant WHERE item = ? AND id = ?", item, grant))
