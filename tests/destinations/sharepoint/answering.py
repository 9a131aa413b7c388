"""Graph with single answers, for tests by `responses`: no sign-in, no time that passes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.sharepoint.graph.client import Graph, GraphParts
from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
from ecosmig_publish.destinations.sharepoint.library import Library, LibraryAddress
from ecosmig_publish.destinations.sharepoint.sign_in import Identity, Tokens
from ecosmig_publish.destinations.sharepoint.waiting import Pace, Patience, Waiting

if TYPE_CHECKING:
    from tests.destinations.sharepoint.driven import DrivenTime

ROOT = "https://graph.example.test"
BASE = f"{ROOT}/v1.0"


class Tickets:
    """Gives tokens `token-1`, `token-2`, … : a new one whenever the last was dropped."""

    def __init__(self) -> None:
        self.given = 0

    def open(self) -> Any:
        self.given += 1
        token = f"token-{self.given}"
        return lambda: {"access_token": token}


def graph(driven: DrivenTime, *, patience: Patience | None = None, tickets: Tickets | None = None) -> Graph:
    pace = Pace(0, clock=driven.clock, sleep=driven.sleep)

    def make_session(*, machine_local: bool) -> HttpsSession:
        return HttpsSession(machine_local=machine_local)

    return Graph(
        GraphParts(
            root=ROOT,
            tokens=Tokens((tickets or Tickets()).open, Identity("certificate", "tenant", "client")),
            pace=pace,
            waiting=Waiting(pace, patience=patience or Patience(), clock=driven.clock, sleep=driven.sleep),
            make_session=make_session,
            now=driven.now,
        )
    )


def library(driven: DrivenTime) -> Library:
    """Return a library whose four ids are known after four answers; see `answer_places`."""
    address = LibraryAddress("https://contoso.sharepoint.com/sites/emrr", "Documents", "Reports", "_staging")
    return Library(graph(driven), address, clock=driven.clock)


def error(code: str, inner: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "message": "words", "innerError": {"code": inner} if inner else {}}}
