"""A stand-in for SharePoint Online: Graph v1.0 and Entra's token endpoint, over HTTPS, on loopback only.

Written from Microsoft's documentation; it knows nothing of the product, so that the two can disagree. Every answer
carries `X-Stand-In`. In a test:

    with Sandbox(tmp_path / "sharepoint") as sandbox:
        sandbox.url, sandbox.authority, sandbox.ca_bundle      # graph_url, authority, ca_bundle
        sandbox.tenant_id, sandbox.site_url                    # the library is "Documents"
        sandbox.publisher.client_id, sandbox.publisher.pem     # Sites.Selected + write
        sandbox.administrator                                  # Sites.Selected + fullcontrol, reads people, invites
        sandbox.configuration()                                # the TOML block with all of that
        sandbox.register("other", roles=["Sites.ReadWrite.All"])

        ana = sandbox.people.add_person("ana@example-energy.test", guest=True)
        sandbox.people.add_team("PXX999 readers", members=("ana@example-energy.test",))

        library = sandbox.library()                            # behind the protocol's back
        library.make_folder("ECoS Migration Reports/PXX999 Example Energy")
        library.put("a/stranger.csv", b"...", by="ana@example-energy.test")
        library.files(), library.read(path), library.grants(path), library.history(path), library.ever_visible(folder)

        library.open_as(path, by="ana@example-energy.test")    # a recipient reads
        sandbox.analytics = Analytics.NAMES                    # and Graph tells who; by default it only counts

        sandbox.faults.add(Fault("throttle", retry_after="3", at=5))            # the 5th request from now on
        sandbox.faults.add(Fault("reset", after=True, method="PATCH"))          # done, but the reply is lost
        sandbox.faults.add(Fault("hash_late", reads=2, method="PUT", path=":/content$"))
        sandbox.requests()                                     # what was asked, with units and what was too early
        sandbox.clock.advance(60)

Tests need `pytestmark = pytest.mark.enable_socket`. The state folder may be opened again after `stop`: tenant, keys,
items and upload sessions are still there.
"""

from ecosmig_publish.sandbox.clock import Clock
from ecosmig_publish.sandbox.faults import Fault, http_date
from ecosmig_publish.sandbox.graph.analytics_calls import Analytics
from ecosmig_publish.sandbox.sandbox import RegisteredApplication, Sandbox

__all__ = ["Analytics", "Clock", "Fault", "RegisteredApplication", "Sandbox", "http_date"]
