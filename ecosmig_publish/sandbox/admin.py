"""`/_sandbox`: the stand-in's own controls, which nothing at Microsoft has."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer, DocumentError
from ecosmig_publish.sandbox.faults import Fault

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.faults import Faults
    from ecosmig_publish.sandbox.request_log import RequestLog
    from ecosmig_publish.sandbox.state.tenant import Tenant


class Admin:
    """`GET requests`, `DELETE requests`, `GET/POST/DELETE faults`, `GET files`, `POST clock`."""

    def __init__(self, tenant: Tenant, clock: Clock, faults: Faults, log: RequestLog) -> None:
        self._tenant = tenant
        self._clock = clock
        self._faults = faults
        self._log = log

    async def answer(self, request: Request) -> Answer:
        """Answer a control; 400 says what was wrong with it."""
        call = request.raw_path.removeprefix("/_sandbox").strip("/")
        try:
            document = await self._act(request, call)
        except (DocumentError, TypeError, ValueError) as error:
            return Answer(400, {"error": str(error)})
        return Answer(404, {"error": f"no control '{call}'"}) if document is None else Answer(200, document)

    async def _act(self, request: Request, call: str) -> dict[str, Any] | None:
        match request.method, call:
            case "GET", "":
                return {"stand_in": True, "now": self._clock.now().isoformat(), "tenant": self._tenant.id}
            case "GET", "requests":
                return {"requests": [asdict(logged) for logged in self._log.all()]}
            case "DELETE", "requests":
                self._log.clear()
            case "GET", "faults":
                return {"faults": [asdict(fault) for fault in self._faults.waiting()]}
            case "POST", "faults":
                self._faults.add(_fault(await request.document()))
            case "DELETE", "faults":
                self._faults.clear()
            case "GET", "files":
                return {"files": self._files()}
            case "POST", "clock":
                self._set_clock(await request.document())
            case _:
                return None
        return {}

    def _files(self) -> list[dict[str, Any]]:
        items = self._tenant.items
        found = []
        for drive in items.drives():
            root = items.get(drive.root)
            for item in [] if root is None else items.below(root):
                if not item.folder:
                    path = f"{drive.name}/{items.path(item)}"
                    found.append({"path": path, "id": item.id, "size": item.size, "sha256": item.sha256})
        return found

    def _set_clock(self, document: dict[str, Any]) -> None:
        if "advance" in document:
            self._clock.advance(float(document["advance"]))
        elif "hold" in document:
            self._clock.hold(datetime.fromisoformat(document["hold"]))
        else:
            self._clock.release()


def _fault(document: dict[str, Any]) -> Fault:
    known = {each.name for each in fields(Fault)}
    if "kind" not in document or document.keys() - known:
        raise ValueError(f"a fault has a kind and may have {', '.join(sorted(known))}")
    return Fault(**document)
