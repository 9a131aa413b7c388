"""A live tenant's library as a test stand, by hand through Graph; nothing of the product but its destination."""

from __future__ import annotations

import os
import uuid
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msal
import requests

from ecosmig_publish.destinations.sharepoint import Readers, open_publisher
from ecosmig_publish.destinations.sharepoint.onboarding import Recipients, open_onboarding
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ecosmig_publish.destinations import Folder, FolderOnboarding, PublishingDestination
    from ecosmig_publish.destinations.sharepoint import Connection
    from tests.destinations.conformance.bench import Sample

CONFIGURATION = "ECOSMIG_LIVE_CONFIG"
"""Names the configuration of a tenant made for tests: [destination.sharepoint], its administrator under
[destination.sharepoint.onboarding] with a certificate, and users of PXX001 and PXX002 under [[suppliers]]."""

_SECONDS = 60


class LiveBench:
    """Folders of one test's own in the tenant's library; everything is the administrator's doing."""

    moments: tuple[str, ...] = ()
    breakages: tuple[str, ...] = ()

    def __init__(self) -> None:
        path = Path(os.environ[CONFIGURATION])
        wiring = Wiring(load_settings(path, {}, path.parent))
        sharepoint = wiring.settings.destination.sharepoint
        assert sharepoint is not None
        self._suppliers = wiring.settings.suppliers
        self._owners = frozenset({*sharepoint.owners, sharepoint.client_id})
        administrator = wiring.administrator(sharepoint)
        place = f"ecosmig conformance {uuid.uuid4().hex[:12]}"
        self._root, self._staging = f"{place}/reports", f"{place}/_staging"
        address = replace(administrator.address, root_folder=self._root, staging_folder=self._staging)
        self._connection: Connection = replace(administrator, address=address)
        self._token = _token(self._connection)
        self._drive = self._find_drive()
        for folder in (place, self._root, self._staging):
            self._make(folder)
        self._place = place

    def close(self) -> None:
        """Remove the test's folders."""
        self._graph("DELETE", f"{self._drive}/root:/{quote(self._place)}")

    def publisher(self) -> PublishingDestination:
        readers = {one.signifier: Readers(frozenset(one.users), self._owners) for one in self._suppliers}
        return open_publisher(self._connection, readers)

    def administrator(self) -> FolderOnboarding:
        recipients = {one.signifier: Recipients(one.users, one.group or "") for one in self._suppliers}
        return open_onboarding(self._connection, recipients, owners=self._owners)

    def make_folder(self, name: str) -> None:
        self._make(f"{self._root}/{name}")

    def rename_folder(self, folder: Folder, name: str) -> None:
        self._graph("PATCH", f"{self._drive}/items/{folder.id}", json={"name": name})

    def remove_folder(self, folder: Folder) -> None:
        self._graph("DELETE", f"{self._drive}/items/{folder.id}")

    def put(self, folder: Folder, name: str, data: bytes) -> None:
        path = f"{self._drive}/items/{folder.id}:/{quote(name, safe='')}:/content"
        self._graph("PUT", path, data=data, headers={"Content-Type": "text/csv"})

    def put_folder(self, folder: Folder, name: str) -> None:
        self._graph("POST", f"{self._drive}/items/{folder.id}/children", json={"name": name, "folder": {}})

    def standing(self, folder: Folder) -> dict[str, bytes]:
        found = self._graph("GET", f"{self._drive}/items/{folder.id}/children?$top=200")["value"]
        return {
            item["name"]: self._answer("GET", f"{self._drive}/items/{item['id']}/content").content
            for item in found
            if "file" in item
        }

    def leftovers(self, folder: Folder) -> int:
        found = self._graph("GET", f"{self._drive}/root:/{quote(self._staging)}:/children?$top=200")["value"]
        return sum(item["name"].startswith(Signifier(folder.signifier)) for item in found)

    def interrupt(self, moment: str, folder: Folder, file: Sample) -> None:
        raise NotImplementedError("a live tenant has no moments at which this suite kills")

    def broken(self, breakage: str) -> AbstractContextManager[None]:  # noqa: ARG002 - there is none
        return nullcontext()

    def _find_drive(self) -> str:
        site_url = self._connection.address.site_url.removeprefix("https://")
        host, _, path = site_url.partition("/")
        site = self._graph("GET", f"/sites/{host}:/{path}")["id"]
        drives = self._graph("GET", f"/sites/{site}/drives")["value"]
        (drive,) = (drive["id"] for drive in drives if drive["name"] == self._connection.address.library)
        return f"/drives/{drive}"

    def _make(self, path: str) -> None:
        above, _, name = path.rpartition("/")
        parent = f"root:/{quote(above)}:" if above else "root"
        self._graph("POST", f"{self._drive}/{parent}/children", json={"name": name, "folder": {}})

    def _graph(self, method: str, path: str, **keywords: Any) -> dict[str, Any]:
        answer = self._answer(method, path, **keywords)
        return answer.json() if answer.content else {}

    def _answer(self, method: str, path: str, **keywords: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}", **keywords.pop("headers", {})}
        url = f"{self._connection.identity.graph_url}/v1.0{path}"
        verify = self._connection.ca_bundle or True
        answer = requests.request(method, url, headers=headers, verify=verify, timeout=_SECONDS, **keywords)
        answer.raise_for_status()
        return answer


def _token(connection: Connection) -> str:
    identity = connection.identity
    assert identity.certificate is not None
    pem = identity.certificate.read_text(encoding="ascii")
    session = requests.Session()
    session.verify = connection.ca_bundle or True
    # Or REQUESTS_CA_BUNDLE would win over a CA of the configuration's own.
    session.trust_env = not connection.ca_bundle
    application = msal.ConfidentialClientApplication(
        identity.client_id,
        authority=f"{identity.authority}/{identity.tenant_id}",
        client_credential={"private_key": pem, "public_certificate": pem},
        instance_discovery=not connection.ca_bundle,
        http_client=session,
    )
    found = application.acquire_token_for_client([f"{identity.graph_url}/.default"])
    session.close()
    return str(found["access_token"])
