"""What every test may ask for: a small fleet, and the simulator that serves it."""

from __future__ import annotations

import logging
import os
import pickle
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

import pulumi_fota
from pulumi_fota.model import Device, DeviceSet
from pulumi_fota.simulator import Simulator
from pulumi_fota.testing.event_loop import event_loop
from support.canaries import CREDENTIALS, Canaries
from support.fleet import ACCOUNT, NEW, OLD

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from pathlib import Path


settings.register_profile("unhurried", deadline=None)  # A machine that does other work as well is no fault.
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Hear Ctrl-C, as the programs that tests start then do too: a shell makes its background jobs deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """Name the copy of the package under test: with `make test` the built wheel."""
    return f"pulumi_fota: {pulumi_fota.__file__}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many seconds the tests of each folder took, if several folders were tested."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds["/".join(report.nodeid.partition("::")[0].split("/")[:2])] += report.duration
    for folder, taken in seconds.most_common() if len(seconds) > 1 else ():
        terminalreporter.write_line(f"{taken:7.1f} s  {folder}")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    Keep a developer's own settings out of the tests, the tests' remembered logins out of their home, and what one
    test did to the log and to pickling away from the next.
    """
    for name in os.environ:
        if name.startswith(("FOTA_", "PULUMI_CONFIG")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state-home"))
    monkeypatch.delenv("NETRC", raising=False)
    # Pulumi sorts what it pickles through these, and leaves one more layer behind for each dynamic resource.
    for method in ("_batch_setitems", "save_dict"):
        monkeypatch.setattr(pickle._Pickler, method, getattr(pickle._Pickler, method))
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("pulumi_fota").setLevel(logging.NOTSET)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """
    A current event loop, which Pulumi's mocks need and `asyncio.run` takes away.
    """
    with event_loop() as loop:
        yield loop


@pytest.fixture
def fleet() -> dict[str, Any]:
    """
    Three meters of one model in one account, as a fleet file holds them: two up to date, one behind.
    """
    return {
        "accountName": ACCOUNT,
        "deviceList": [
            {
                "deviceId": imei,
                "mdn": f"908555000{number}",
                "make": "SEQUANS COMMUNICATIONS",
                "model": "GM01Q",
                "firmware": firmware,
                "fotaEligible": True,
                "licenseAssigned": True,
                "status": "Active",
                "protocol": "LWM2M",
                "createTime": "2021-06-09 17:41:16.72 +0000 UTC",
                "upgradeTime": "N/A",
                "refreshTime": "2022-02-04 06:10:01.441 +0000 UTC",
                "lastConnectionTime": "2022-02-04 06:10:01 +0000 UTC",
            }
            for number, (imei, firmware) in enumerate(
                [("356938035643809", NEW), ("359999000000018", NEW), ("490154203237518", OLD)]
            )
        ],
        "firmwareList": [],
    }


@pytest.fixture
def simulator(fleet: dict[str, Any]) -> Iterator[Simulator]:
    """
    ThingSpace, as the simulator plays it, with that fleet.
    """
    with Simulator(fleet) as running:
        yield running


@pytest.fixture
def canaries() -> Canaries:
    """
    Credentials for a simulator (`Credentials(**canaries.texts)`) that are found in whatever text, bytes or file they
    get into, however it is encoded: `canaries.find(data)` and `canaries.find_in_files([folder])` must be empty.
    """
    return Canaries(CREDENTIALS)


@pytest.fixture
def thingspace_settings(simulator: Simulator) -> dict[str, str]:
    """
    The stack config that reaches the simulator, by key. Those of `SECRET_KEYS` are secrets.
    """
    return {
        "fota:account": ACCOUNT,
        "fota:baseUrl": simulator.url,
        "fota:key": "sim-key",
        "fota:secret": "sim-secret",
        "fota:username": "sim-user",
        "fota:password": "sim-password",
    }


@pytest.fixture
def thingspace_environment(thingspace_settings: dict[str, str]) -> dict[str, str]:
    """
    The same settings as environment variables, not yet set.
    """
    names = {"fota:baseUrl": "FOTA_BASE_URL"}
    return {names.get(key, key.upper().replace(":", "_")): value for key, value in thingspace_settings.items()}


@pytest.fixture
def meters() -> Callable[..., DeviceSet]:
    """
    Make a set by hand: for each IMEI what is out of the ordinary about it, or `None` where the answer left it out.
    """
    ordinary = {
        "make": "SEQUANS COMMUNICATIONS",
        "model": "GM01Q",
        "firmware": NEW,
        "fota_eligible": True,
        "license_assigned": True,
        "status": "Active",
    }

    def make(rows: dict[str, dict[str, Any] | None], **read: Any) -> DeviceSet:
        asked = {
            "account": ACCOUNT,
            "read_at": "2022-02-05T00:00:00.000Z",
            "requested": tuple(sorted(rows)),
            "missing": tuple(sorted(imei for imei, fields in rows.items() if fields is None)),
        }
        devices = [Device(imei=imei, **{**ordinary, **fields}) for imei, fields in rows.items() if fields is not None]
        return DeviceSet.of(devices, **{**asked, **read})

    return make
