"""The tenant's people and groups."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.state.database import Database


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the tenant, or a guest in it."""

    id: str
    name: str
    mail: str
    upn: str
    guest: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A security group."""

    id: str
    name: str
    mail: str


class Directory:
    """People, guests, groups and who is in which."""

    def __init__(self, database: Database, domain: str) -> None:
        self._database = database
        self._domain = domain

    def add_person(self, mail: str, name: str = "", *, guest: bool = False) -> Person:
        """Add a user, or a guest of another organisation; the one that has this mail already is returned as it is."""
        known = self.person(mail)
        if known is not None:
            return known
        upn = f"{mail.replace('@', '_')}#EXT#@{self._domain}" if guest else mail
        person = Person(str(uuid.uuid4()), name or mail.partition("@")[0], mail, upn, guest)
        self._database.insert(
            "person",
            {"id": person.id, "name": person.name, "mail": mail, "upn": upn, "guest": int(guest)},
        )
        return person

    def add_team(self, name: str, mail: str = "", members: tuple[str, ...] = ()) -> Team:
        """Add a security group; `members` are ids, mails or principal names."""
        mail = mail or f"{name.lower().replace(' ', '-')}@{self._domain}"
        known = self.team(mail)
        team = known or Team(str(uuid.uuid4()), name, mail)
        if known is None:
            self._database.insert("team", {"id": team.id, "name": name, "mail": mail})
        for member in members:
            self.add_member(team, member)
        return team

    def add_member(self, team: Team, member: str) -> None:
        """Put a person or a group into a group. Raises `LookupError` for an unknown one."""
        found = self.person(member) or self.team(member)
        if found is None:
            raise LookupError(f"{member}: nobody of the tenant")
        self._database.run("INSERT OR IGNORE INTO membership VALUES (?, ?)", team.id, found.id)

    def remove_member(self, team: Team, member: str) -> None:
        """Take a person or a group out of a group."""
        found = self.person(member) or self.team(member)
        if found is not None:
            self._database.run("DELETE FROM membership WHERE team = ? AND member = ?", team.id, found.id)

    def remove_person(self, person: Person) -> None:
        """Delete a user."""
        with self._database.transaction():
            self._database.run("DELETE FROM person WHERE id = ?", person.id)
            self._database.run("DELETE FROM membership WHERE member = ?", person.id)

    def people(self) -> list[Person]:
        """Return everybody, by name."""
        return [_person(row) for row in self._database.rows("SELECT * FROM person ORDER BY name, id")]

    def teams(self) -> list[Team]:
        """Return all groups, by name."""
        return [Team(*row) for row in self._database.rows("SELECT id, name, mail FROM team ORDER BY name, id")]

    def person(self, who: str) -> Person | None:
        """Return the person of this id, mail or principal name."""
        statement = "SELECT * FROM person WHERE id = ? OR lower(mail) = ? OR lower(upn) = ?"
        row = self._database.row(statement, who, who.lower(), who.lower())
        return None if row is None else _person(row)

    def team(self, which: str) -> Team | None:
        """Return the group of this id or mail."""
        row = self._database.row(
            "SELECT id, name, mail FROM team WHERE id = ? OR lower(mail) = ?", which, which.lower()
        )
        return None if row is None else Team(*row)

    def members(self, team: Team) -> list[Person | Team]:
        """Return the direct members of a group."""
        rows = self._database.rows("SELECT member FROM membership WHERE team = ? ORDER BY rowid", team.id)
        found = [self.person(row[0]) or self.team(row[0]) for row in rows]
        return [member for member in found if member is not None]


def _person(row: object) -> Person:
    return Person(row["id"], row["name"], row["mail"], row["upn"], bool(row["guest"]))  # type: ignore[index]
