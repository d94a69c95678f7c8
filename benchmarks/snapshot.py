"""What a snapshot costs: time beside what is there without it, and room in the stack's state."""

from __future__ import annotations

import random
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.project import Project
from benchmarks.row import Row
from pulumi_fota.model.imei import with_check_digit
from pulumi_fota.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "0000123456-00001"
ROUNDS = 5

EMPTY = """
import pulumi.dynamic as dynamic

class Provider(dynamic.ResourceProvider):
    serialize_as_secret_always = False
    def create(self, props):
        return dynamic.CreateResult("empty", {})

class Empty(dynamic.Resource):
    def __init__(self, name):
        super().__init__(Provider(), name, {})

Empty("empty")
"""
GATED = """
import pulumi_fota as fota
from pulumi_fota import rules

meters = fota.get_devices(fota.read_imeis("imeis.txt"))
fota.Gate("meters", rules.fota_eligible(), rules.active()).require(meters)
fota.DeviceSnapshot("meters", meters)
"""
COHORTS = """
import pulumi_fota as fota

meters = fota.get_devices(fota.read_imeis("imeis.txt"))
fota.DeviceSnapshot("meters", meters, record="cohorts")
"""
ONE = """
import pulumi_fota as fota

meters = fota.get_devices(fota.read_imeis("imeis.txt"))
fota.DeviceSnapshot("meters", meters.where(imei=meters[0].imei), record="cohorts")
"""
DEVICES = """
import pulumi_fota as fota

fota.DeviceSnapshot("meters", fota.get_devices(fota.read_imeis("imeis.txt")))
"""


def rows() -> Iterator[Row]:
    """Measure, a row at a time."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _small_fleet(Path(folder))
        yield from _large_fleet(Path(folder))
        yield from _wide_fleet(Path(folder))


def _small_fleet(folder: Path) -> Iterator[Row]:
    imeis = [f"35693803{n:07}" for n in range(1000)]
    with Simulator(_fleet(imeis)) as service:
        gated = _project(folder / "gated", GATED, service, imeis)
        empty = Project(folder / "empty", EMPTY, {})
        for project in (gated, empty):
            project.run("up", "--skip-preview")
        ratio = _ratio([(gated.seconds("preview"), empty.seconds("preview")) for _ in range(ROUNDS)])
        yield Row("`preview` with 1,000 devices, a gate and a snapshot, beside one empty dynamic resource", ratio, 1.5)
        yield Row("changes of a second `up`", gated.changes(), 0, "")
        for imei in imeis:
            service.device(imei).update(refreshTime="2099-01-01 00:00:00 +0000 UTC", statusTime="2099-01-01")
        yield Row("changes of an `up` after every time stamp moved", gated.changes(), 0, "")


def _wide_fleet(folder: Path) -> Iterator[Row]:
    imeis = [f"35693803{n:07}" for n in range(5000)]
    versions = [str(uuid.uuid5(uuid.NAMESPACE_OID, imei)) for imei in imeis]
    rows = {imei: {"firmware": versions[n], "licenseAssigned": False} for n, imei in enumerate(imeis)}
    with Simulator(_fleet(imeis, rows)) as service:
        wide = _project(folder / "wide", DEVICES, service, imeis)
        wide.run("up", "--skip-preview")
    yield Row(
        "state for 5,000 devices, a UUID of its own as firmware of each, all unlicensed", wide.state_mib, 1, "MiB"
    )


def _large_fleet(folder: Path) -> Iterator[Row]:
    numbers = random.Random(7).sample(range(10**14), 100_000)  # noqa: S311 (the same each time)
    imeis = [with_check_digit(f"{number:014}") for number in numbers]
    with Simulator(_fleet(imeis)) as service:
        whole = _project(folder / "cohorts", COHORTS, service, imeis)
        one = _project(folder / "one", ONE, service, imeis)
        pairs = [(whole.seconds("up", "--skip-preview"), one.seconds("up", "--skip-preview")) for _ in range(3)]
    yield Row("`up` with 100,000 devices as cohorts, beside the same read and one device", _ratio(pairs), 1.2)
    yield Row("state for 100,000 random IMEIs, as cohorts", whole.state_mib, 1, "MiB")


def _ratio(pairs: list[tuple[float, float]]) -> float:
    """Compare the fastest of each, which other work on the machine disturbed least."""
    return min(one for one, _ in pairs) / min(other for _, other in pairs)


def _fleet(imeis: list[str], rows: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    row = {
        "make": "SEQUANS COMMUNICATIONS",
        "model": "GM01Q",
        "firmware": "SR1.2.0.0-10657",
        "fotaEligible": True,
        "licenseAssigned": True,
        "status": "Active",
        "protocol": "LWM2M",
        "refreshTime": "2022-02-04 06:10:01.441 +0000 UTC",
    }
    devices = [{"deviceId": imei, **row, **(rows or {}).get(imei, {})} for imei in imeis]
    return {"accountName": ACCOUNT, "deviceList": devices, "firmwareList": []}


def _project(folder: Path, program: str, service: Simulator, imeis: list[str]) -> Project:
    login = {"KEY": "sim-key", "SECRET": "sim-secret", "USERNAME": "sim-user", "PASSWORD": "sim-password"}
    settings = {"ACCOUNT": ACCOUNT, "BASE_URL": service.url, **login}
    project = Project(folder, program, {f"FOTA_{name}": value for name, value in settings.items()})
    (folder / "imeis.txt").write_text("\n".join(imeis), encoding="utf-8")
    return project
