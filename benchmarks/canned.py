"""A service of ready-made answers, in a process of its own, so that what is measured is the client alone."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_fota.model.imei import with_check_digit

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "0000123456-00001"
BATCH = 1000
_ROOT = Path(__file__).resolve().parents[1]
_IMEI = re.compile(rb'"(\d{15})"')
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def imeis(count: int) -> list[str]:
    """Return the first IMEIs of the fleet, in order."""
    return [with_check_digit(f"{35_693_803_000_000 + number:014}") for number in range(count)]


def row(number: int, imei: str) -> dict[str, Any]:
    """Return the row of a device: one of ThingSpace's own, a few in a hundred with a time that is rarely seen."""
    row = _documented(number, imei)
    rare = number % 100
    if rare in {2, 22, 42, 62, 82}:
        row["upgradeTime"] = "0001-01-01 00:00:00 +0000 UTC"
    elif rare in {3, 53}:
        row["updateTime"] = None
    elif rare in {5, 8}:
        row["createTime"] = "2024-02-29 10:00:00 +0000 UTC"
    elif rare == 97:  # noqa: PLR2004 (one in a hundred)
        row["statusTime"] = "2022-02-04 06:10:01.441123456 +0000 UTC"
    return row


def _documented(number: int, imei: str) -> dict[str, Any]:
    """Return one of the two rows that ThingSpace documents, in turn, with times of its own."""
    day, clock = f"{1 + number % 28:02}", f"{number % 24:02}:{number // 24 % 60:02}:{number // 1440 % 60:02}"
    if number % 2:
        return {
            "deviceId": imei,
            "mdn": f"{number:010}",
            "model": "LCO-277C4N",
            "make": "Verizon Smart Communities",
            "firmware": "BG96MAR04A04M1G",
            "fotaEligible": "false",
            "licenseAssigned": "false",
            "status": "Active",
            "protocol": "OMADM",
            "createTime": f"2021-06-{day} {clock} +0000 UTC",
            "statusTime": f"2022-02-{day} {clock}.441 +0000 UTC",
            "refreshTime": f"2022-02-{day} {clock}.443 +0000 UTC",
            "lastConnectionTime": "N/A",
        }
    return {
        "deviceId": imei,
        "mdn": f"{number:010}",
        "model": "GM01Q",
        "make": "SEQUANS COMMUNICATIONS",
        "firmware": "SR1.2.0.0-10657",
        "fotaEligible": "true",
        "licenseAssigned": True,
        "status": "Active",
        "protocol": "LWM2M",
        "createTime": f"2021-06-{day} {clock}.72 +0000 UTC",
        "upgradeTime": f"2022-01-{day} {clock}.67 +0000 UTC",
        "statusTime": f"2022-01-{day}",
        "refreshTime": f"2022-02-{day} {clock}.441 +0000 UTC",
        "lastConnectionTime": f"2021-12-{day} {clock}.724 +0000 UTC",
    }


def page(first: int, fleet: list[str]) -> bytes:
    """Write the answer to the list that begins at a device."""
    rows = [row(first + number, imei) for number, imei in enumerate(fleet[first : first + BATCH])]
    return json.dumps({"accountName": ACCOUNT, "deviceCount": len(rows), "deviceList": rows}).encode("ascii")


@contextlib.contextmanager
def served(count: int, latency: float = 0.0) -> Iterator[str]:
    """Serve so many devices, in lists of 1,000 from the first on, and give the base URL."""
    command = [sys.executable, "-m", "benchmarks.canned", str(count), str(latency)]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (ours)
        assert process.stdout is not None  # noqa: S101 (for the type)
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def _main(count: int, latency: float) -> None:
    fleet = imeis(count)
    answers = {fleet[first]: page(first, fleet) for first in range(0, count, BATCH)}
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    while True:
        talk, _ = listening.accept()
        talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve, args=(talk, answers, latency), daemon=True).start()


def _serve(talk: socket.socket, answers: dict[str, bytes], latency: float) -> None:
    """Answer the requests of one connection, each by the first IMEI in it."""
    data = b""
    with talk, contextlib.suppress(OSError):
        while True:
            while b"\r\n\r\n" not in data:
                if not (more := talk.recv(65536)):
                    return
                data += more
            head, _, rest = data.partition(b"\r\n\r\n")
            length = int(_LENGTH.search(head)[1])  # type: ignore[index]
            while len(rest) < length:
                if not (more := talk.recv(65536)):
                    return
                rest += more
            data = rest[length:]
            time.sleep(latency)
            body = answers[_IMEI.search(rest)[1].decode()]  # type: ignore[index]
            talk.sendall(_HEAD % len(body) + body)


if __name__ == "__main__":
    _main(int(sys.argv[1]), float(sys.argv[2]))
