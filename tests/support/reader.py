"""A program that reads devices in a process of its own, for what only a process can show.

Takes a JSON object of settings on its command line, and prints what came of each read.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from pulumi_fota import thingspace
from pulumi_fota._secret import Secret
from pulumi_fota.errors import FotaError
from pulumi_fota.settings import User
from support.virtual_machine import settings_for


def main(job: dict[str, Any]) -> None:
    """Read as often, and on as many threads at once, as the job says."""
    user = User(username="sim-user", password=Secret(job["password"]))
    limits = {"batch_size": job.get("batch_size", 1000), "deadline": job.get("deadline", 300)}
    client = thingspace.client_for(settings_for(job["url"], user=user, **limits))
    imeis = [str(350000000000000 + n) for n in range(job.get("count", 1))]

    def read() -> None:
        try:
            said = f"{len(client.devices(imeis).requested or ())} read"
        except FotaError as error:
            said = type(error).__name__
        except KeyboardInterrupt:
            said = "stopped"
        os.write(1, f"{said}\n".encode())  # In one piece, whatever the other threads write.

    if job.get("fork"):
        read()
        if (child := os.fork()) == 0:
            client = thingspace.client_for(client.settings)
            read()
            os._exit(0)
        os.waitpid(child, 0)
    if job.get("threads", 1) == 1:
        read()
        return
    threads = [threading.Thread(target=read) for _ in range(job["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
