"""What becomes of files when something happens on the way: to the product's, and to rclone's.

Each case has five files for one recipient, one after the other.
"""

from __future__ import annotations

import re
import time
from functools import partial
from itertools import count
from threading import Thread
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox import Fault
from tests.sharepoint.calming import calm
from tests.sharepoint.wave import DUE, waiting_wave

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.upload_rclone import Rclone
    from tests.destinations.sharepoint.driven import DrivenTime
    from tests.sharepoint.installation import SharePointInstallation

STRANGERS = b"a stranger's own bytes"
RECIPIENT = "PX0001"
_UPLOADS = re.compile(r"/content|createUploadSession")


def show_weaknesses(rclone: Rclone, driven: DrivenTime, home: Path) -> None:
    """Do each case to both, and say what stands in the folder afterwards."""
    cases = {
        "the first connection breaks, and what had come in is stored": _cut,
        "somebody puts a file under the last name meanwhile": _stranger,
        "under the last name stands another file of the same size and quickXorHash": _same_hash,
    }
    numbers = count(1)
    for words, disturb in cases.items():
        print(f"\n{words}")
        for side in ("product", "rclone copy", "rclone copy --immutable"):
            # One after the other, so that what happens meanwhile happens at the same place.
            made = waiting_wave(
                home / f"case {next(numbers)}",
                rclone.sandbox,
                driven,
                recipients=1,
                workers=1,
            )
            calm(rclone.sandbox, driven)
            told = disturb(made, partial(_do, made, side, rclone))
            calm(rclone.sandbox, driven)
            print(f"  {side:24} {told}; folder: {_standing(made)}")


def _do(made: SharePointInstallation, side: str, rclone: Rclone) -> str:
    if side == "product":
        return f"exit {int(made.run(DUE).exit_status)}"
    source = made.home / "files"
    for name, data in made.issued().items():
        path = source / name.partition("/")[2]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    options = [*side.split()[2:], "--retries", "3", "--onedrive-upload-cutoff", "4M", "--order-by", "name"]
    ended = rclone.run("copy", source, made.folder(RECIPIENT), *options, "--transfers", "1")
    return f"exit {ended.status}"


def _cut(made: SharePointInstallation, act: Callable[[], str]) -> str:
    """The first PUT breaks, and what had come in stays under its name."""
    made.sandbox.faults.add(Fault("truncated", method="PUT", keep_bytes=40))
    told = act()
    made.sandbox.faults.clear()
    return f"{told}, again {act()}"


def _stranger(made: SharePointInstallation, act: Callable[[], str]) -> str:
    """While the first file is on its way, somebody puts another one under the last one's name."""
    name = max(made.issued()).partition("/")[2]

    def put() -> None:
        while not any(_UPLOADS.search(it.path) for it in made.sandbox.requests()):
            time.sleep(0.001)
        made.sandbox.library().put(f"{made.folder(RECIPIENT)}/{name}", STRANGERS, "somebody")

    stranger = Thread(target=put)
    stranger.start()
    told = act()
    stranger.join()
    return told


def _same_hash(made: SharePointInstallation, act: Callable[[], str]) -> str:
    """Under the last one's name stands a file in which two stretches of 160 bytes have changed places."""
    name, data = max(made.issued().items())
    other = data[160:320] + data[:160] + data[320:]
    made.sandbox.library().put(f"{made.folder(RECIPIENT)}/{name.partition('/')[2]}", other, "somebody")
    return act()


def _standing(made: SharePointInstallation) -> str:
    issued, published = made.issued(), made.published()
    right = sum(published.get(name) == data for name, data in issued.items())
    other = sum(issued.get(name) != data for name, data in published.items())
    return f"{right} of {len(issued)} right, {other} with other bytes"
