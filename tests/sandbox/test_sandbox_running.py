"""The stand-in itself: loopback, restarts, controls, the log, other ways to sign in, its command."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.cli.views.sandbox import document_of
from ecosmig_publish.sandbox import Sandbox
from ecosmig_publish.sandbox.quick_xor import QuickXor
from tests.cli.documents import fault_of
from tests.sandbox.client import Client, error_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket


def test_it_listens_on_loopback_alone(sandbox: Sandbox) -> None:
    assert sandbox._listener.getsockname()[0] == "127.0.0.1"
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((own, sandbox.port), timeout=1)


def test_a_restarted_stand_in_is_the_same_one(sandbox: Sandbox, publisher: Client) -> None:
    item = publisher.upload("f/a.csv")
    link = publisher.get(f"{publisher.drive}/root/delta?token=latest").json()["@odata.deltaLink"]
    publisher.upload("f/b.csv")
    before = (sandbox.tenant_id, sandbox.publisher, sandbox.ca_bundle.read_bytes())
    sandbox.stop()
    with Sandbox(sandbox.directory, port=sandbox.port) as restarted:
        client = Client(restarted)
        assert (restarted.tenant_id, restarted.publisher, restarted.ca_bundle.read_bytes()) == before
        assert client.get(f"{client.drive}/items/{item['id']}").json()["eTag"] == item["eTag"]
        changed = client.get(link, headers={"deltaExcludeParent": "true"}).json()["value"]
        assert [found["name"] for found in changed] == ["b.csv"]
        client.close()


def test_the_log_has_every_request_and_no_secret(sandbox: Sandbox, publisher: Client) -> None:
    url = publisher.begin_upload("a.csv")
    publisher.fragment(url, b"data", 0, 4)
    publisher.get(f"{publisher.drive}/root:/none.csv", headers={"client-request-id": "mine-1"})
    logged = sandbox.requests()
    assert [(request.method, request.status) for request in logged] == [
        ("POST", 200),
        ("POST", 200),
        ("PUT", 201),
        ("GET", 404),
    ]
    assert logged[-1].client_request_id == "mine-1"
    assert {request.app_id for request in logged} == {sandbox.publisher.client_id}
    assert [request.number for request in logged] == [1, 2, 3, 4]
    text = (sandbox.directory / "requests.jsonl").read_text()
    assert [json.loads(line)["status"] for line in text.splitlines()] == [200, 200, 201, 404]
    assert url.partition("tempauth=")[2] not in text
    assert publisher.token not in text


def test_the_controls_can_be_reached_over_https(sandbox: Sandbox, publisher: Client) -> None:
    publisher.upload("f/a.csv", b"1")
    controls = f"{sandbox.url}/_sandbox"
    assert publisher.send("POST", f"{controls}/faults", json={"kind": "locked", "path": "f/a.csv"}).status_code == 200
    assert error_of(publisher.get(f"{publisher.drive}/root:/f/a.csv"))[0] == 423
    assert publisher.send("POST", f"{controls}/faults", json={"kin": "locked"}).status_code == 400
    files = publisher.send("GET", f"{controls}/files").json()["files"]
    assert [(file["path"], file["size"]) for file in files] == [("Documents/f/a.csv", 1)]
    publisher.send("POST", f"{controls}/clock", json={"hold": "2026-03-01T00:00:00+00:00"})
    assert publisher.send("GET", controls).json()["now"] == "2026-03-01T00:00:00+00:00"
    assert len(publisher.send("GET", f"{controls}/requests").json()["requests"]) == 3


def test_a_workload_signs_in_with_what_its_cluster_says(sandbox: Sandbox) -> None:
    application = sandbox.register("workload", site_role="write", federated_subject="system:serviceaccount:emrr:job")
    client = Client(sandbox, application)
    token = sandbox.workload_token("system:serviceaccount:emrr:job")
    assert client.sign_in(client_assertion=token).status_code == 200
    other = client.sign_in(client_assertion=sandbox.workload_token("system:serviceaccount:emrr:other"))
    assert other.json()["error_codes"] == [700213]
    sandbox.clock.advance(3600 + 301)
    assert client.sign_in(client_assertion=token).json()["error_codes"] == [700024]
    client.close()


def test_a_workload_without_a_federated_credential_is_refused(sandbox: Sandbox, publisher: Client) -> None:
    answer = publisher.sign_in(client_assertion=sandbox.workload_token("system:serviceaccount:emrr:job"))
    assert answer.json()["error_codes"] == [700213]


def test_a_managed_identity_gets_its_token_from_beside_the_machine(sandbox: Sandbox) -> None:
    environment = sandbox.serve_managed_identity(sandbox.register("managed", site_role="write"))
    client = Client(sandbox)
    query = "?api-version=2019-08-01&resource=https://graph.microsoft.com"
    url = environment["IDENTITY_ENDPOINT"] + query
    assert client.send("GET", url).status_code == 401
    answer = client.send("GET", url, headers={"X-IDENTITY-HEADER": environment["IDENTITY_HEADER"]})
    client.token = answer.json()["access_token"]
    assert client.upload("a.csv")["createdBy"]["application"]["displayName"] == "managed"
    machine = f"{sandbox.url}/metadata/identity/oauth2/token{query}"
    assert client.send("GET", machine).status_code == 400
    assert client.send("GET", machine, headers={"Metadata": "true"}).json()["token_type"] == "Bearer"  # noqa: S105
    client.close()


def test_its_quick_xor_hash_is_microsofts() -> None:
    # The bits by hand: byte i is XORed in at bit 11·i mod 160, the length into the last eight bytes.
    data = bytes(range(1, 200))
    register = 0
    for place, byte in enumerate(data):
        turned = byte << (11 * place % 160)
        register ^= (turned & ((1 << 160) - 1)) | (turned >> 160)
    expected = bytearray(register.to_bytes(20, "little"))
    for place, byte in enumerate(len(data).to_bytes(8, "little")):
        expected[12 + place] ^= byte
    import base64  # noqa: PLC0415

    for step in (1, 7, 160, 199):
        hashed = QuickXor()
        for start in range(0, len(data), step):
            hashed.update(data[start : start + step])
        assert base64.b64decode(hashed.base64()) == bytes(expected), step


def test_the_command_prints_a_configuration_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "ecosmig_publish", "sandbox", "--dir", str(tmp_path / "s"), "--port", "0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "administrator.pem" in line:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    configuration = tomllib.loads("".join(lines))["destination"]
    assert configuration["kind"] == "sharepoint"
    assert configuration["sharepoint"]["authority"].startswith("https://localhost:")
    assert configuration["sharepoint"]["onboarding"]["client_id"] != configuration["sharepoint"]["client_id"]


def test_with_json_the_command_says_as_its_schema_how_to_reach_it(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    Invocation(json=True).result(document_of(sandbox, sandbox.directory), lambda: None)
    document = json.loads(capsys.readouterr().out)
    assert fault_of("sandbox", document) is None
    assert tomllib.loads(document["configuration"])["destination"]["kind"] == "sharepoint"


def test_a_taken_port_is_said_with_what_to_do(sandbox: Sandbox, tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "ecosmig_publish", "sandbox", "--dir", str(tmp_path / "s")]
    ended = subprocess.run([*arguments, "--port", str(sandbox.port)], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert f"port {sandbox.port}" in ended.stderr
    assert "--port" in ended.stderr.partition("next:")[2]


def test_a_person_signs_in_by_device_code_and_may_do_what_they_may_themselves(sandbox: Sandbox) -> None:
    scopes = ["Sites.FullControl.All", "User.Read.All"]
    client_id = sandbox.register_public("onboarding", scopes=scopes)
    sandbox.people.add_person("owner@contoso.test", "Olga")
    client = Client(sandbox)
    begin = f"{sandbox.authority}/{sandbox.tenant_id}/oauth2/v2.0/devicecode"
    shown = client.send("POST", begin, data={"client_id": client_id, "scope": f"{sandbox.url}/.default"}).json()
    asked = {
        "client_id": client_id,
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": shown["device_code"],
    }
    pending = client.send("POST", client.token_endpoint, data=asked)
    assert (pending.status_code, pending.json()["error"]) == (400, "authorization_pending")
    sandbox.enter_code(shown["user_code"], "owner@contoso.test")
    client.token = client.send("POST", client.token_endpoint, data=asked).json()["access_token"]
    assert client.get(client.drive).status_code == 403
    sandbox.give_site_role("owner@contoso.test", "owner")
    assert client.upload("a.csv")["createdBy"]["user"]["displayName"] == "Olga"
    assert client.get("/users?$filter=mail eq 'owner@contoso.test'").status_code == 200
    client.close()


def test_a_declined_code_is_said(sandbox: Sandbox, publisher: Client) -> None:
    client_id = sandbox.register_public("onboarding", scopes=["Sites.FullControl.All"])
    begin = f"{sandbox.authority}/{sandbox.tenant_id}/oauth2/v2.0/devicecode"
    shown = publisher.send("POST", begin, data={"client_id": client_id, "scope": "x/.default"}).json()
    sandbox.enter_code(shown["user_code"], "")
    asked = {"client_id": client_id, "grant_type": "device_code", "device_code": shown["device_code"]}
    answer = publisher.send("POST", publisher.token_endpoint, data=asked)
    assert answer.json()["error"] == "authorization_declined"


def test_of_many_that_want_a_name_at_once_one_gets_it(sandbox: Sandbox, publisher: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    staged = [publisher.upload(f"_staging/{number}.part", b"%d" % number) for number in range(8)]
    folder = sandbox.library().make_folder("Reports")

    def place(item: dict[str, str]) -> int:
        client = Client(sandbox)
        client.token = publisher.token
        path = f"{client.drive}/items/{item['id']}?@microsoft.graph.conflictBehavior=fail"
        status = client.patch(path, {"parentReference": {"id": folder.id}, "name": "a.csv"}).status_code
        client.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(place, staged))
    assert statuses == [200] + [409] * 7
    assert len(sandbox.library().history("Reports/a.csv")) == 1


def test_a_large_library_answers_what_changed_in_one_small_answer(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.library().fill("Reports/PXX999", (f"{number:05}.csv" for number in range(3000)))
    link = publisher.get(f"{publisher.drive}/root/delta?token=latest").json()["@odata.deltaLink"]
    assert publisher.get(link).json()["value"] == []
    page = publisher.get(f"{publisher.drive}/root:/Reports/PXX999:/children?$top=1000").json()
    assert (len(page["value"]), "@odata.nextLink" in page) == (1000, True)
