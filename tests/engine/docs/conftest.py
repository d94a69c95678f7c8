"""Each block of the documents is a case of its own, and the scenes in which their commands are typed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from support.documents import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.simulator import Simulator
    from support.documents import Block

QUICKSTART = ROOT / "examples" / "quickstart"
UPGRADED, CHANGED = "356938035643809", "490154203237518"
MANY = """
import pulumi_fota as fota
from pulumi_fota.model import Device, DeviceSet

FINE = {"firmware": "SR1.2.0.0-10657", "fota_eligible": True, "license_assigned": True, "status": "Active"}
rows = [Device(imei=f"{n:015d}", make="Sequans", model="GM01Q", **FINE) for n in range(31_000)]
imeis = tuple(row.imei for row in rows)
devices = DeviceSet.of(rows, account="0000123456-00001", requested=imeis, read_at="2026-01-01T00:00:00Z")
fota.DeviceSnapshot("meters", devices=devices)
"""
READ = """
import pulumi_fota as fota

fota.get_devices([f"35693803564{n:03d}0" for n in range(1000)])
fota.get_devices(["356938035643809"], connection=fota.Connection.named("east"))
"""
IMEIS = [
    "356938035643809",
    "35693803564380",
    "3569380356438012",
    "3.56938E+14",
    "89148000000123456789",
    "３56938035643809",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand each block to the test that asks for one."""
    if "block" in metafunc.fixturenames:
        metafunc.parametrize("block", blocks(), ids=lambda block: block.id)


@pytest.fixture
def fleet(fleet: dict[str, Any], block: Block) -> dict[str, Any]:
    """
    The usual fleet; for the README that of the quickstart, which it shows.
    """
    return json.loads((QUICKSTART / "fleet.json").read_text()) if block.document == "README.md" else fleet


@pytest.fixture
def quickstart(project: Callable[..., Any], tmp_path: Path) -> Callable[[], Any]:
    """
    Make a project of the quickstart, beside a clone of the package.
    """

    def make() -> Any:
        whole = shutil.copytree(QUICKSTART, tmp_path / "fota-quickstart")
        (whole / "Pulumi.yaml").write_text("name: fota-quickstart\nruntime: python\n")
        (tmp_path / "pulumi_fota").symlink_to(ROOT)
        return project(whole)

    return make


@pytest.fixture
def folder(quickstart: Callable[[], Any]) -> Callable[[], Any]:
    """
    Make a folder with the quickstart's program that is not a project yet.
    """

    def make() -> Any:
        made = quickstart()
        made("stack", "rm", "dev", "--yes")
        (made.folder / "Pulumi.yaml").unlink()
        return made

    return make


@pytest.fixture
def scenes(
    project: Callable[..., Any],
    simulator: Simulator,
    block: Block,
    quickstart: Callable[[], Any],
    folder: Callable[[], Any],
) -> dict[str, Callable[[], Any]]:
    """
    What has happened before a command is typed, by the name that a document gives it. Each makes a project.
    """

    def program() -> Any:
        return project(block.program)

    def deployed(*changes: tuple[str, str, Any]) -> Any:
        made = program()
        made("up", "--yes", "--skip-preview")
        for imei, key, value in changes:
            simulator.device(imei)[key] = value
        return made

    def meters_txt() -> Any:
        made = project('import pulumi_fota as fota\n\nfota.read_imeis("meters.txt")\n')
        (made.folder / "meters.txt").write_text("\n".join(IMEIS), encoding="utf-8")
        return made

    def two_accounts() -> Any:
        for n in range(998):
            simulator.add({"deviceId": f"35693803564{n:03d}0"})
        return project(READ)

    def accepted() -> Any:
        made = deployed((CHANGED, "firmware", "SR1.2.0.0-10657"))
        made("up", "--yes", "--skip-preview")
        return made

    drifted = (UPGRADED, "firmware", "SR1.3.0.0-11002"), (CHANGED, "licenseAssigned", False)
    return {
        "quickstart": quickstart,
        "a folder with a program": folder,
        "program": program,
        "a night in which two devices changed": lambda: deployed(*drifted),
        "an upgrade": lambda: deployed((CHANGED, "firmware", "SR1.2.0.0-10657")),
        "an upgrade and an update": accepted,
        "a licence ended": lambda: deployed((CHANGED, "licenseAssigned", False)),
        "a fleet of 31,000": lambda: project(MANY),
        "meters.txt was edited": meters_txt,
        "a program reads two accounts": two_accounts,
    }
