"""What the tests of the gate may ask for: devices and sets of them, made in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import Settings, configure

from pulumi_fota.model import Device, DeviceSet

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

READ_AT = "2026-03-01T12:00:00.5Z"


class Fleet:
    """Makes devices that are in order but for what a test says."""

    def device(self, imei: int | str = 1, **fields: Any) -> Device:
        """Make a device; a number is short for an IMEI that ends with it."""
        given: dict[str, Any] = {
            "make": "SEQUANS",
            "model": "GM01Q",
            "firmware": "1.2",
            "fota_eligible": True,
            "license_assigned": True,
            "status": "Active",
            "protocol": "LWM2M",
            "last_connection_time": "2026-02-28T12:00:00Z",
        }
        return Device(imei=self.imei(imei), **{**given, **fields})

    def imei(self, number: int | str) -> str:
        """Return the IMEI that ends with a number."""
        return number if isinstance(number, str) else f"99000{number:010d}"

    def of(self, *devices: Device, missing: tuple[str, ...] = (), **read: Any) -> DeviceSet:
        """Make a set of devices, all of which and the missing ones were asked for."""
        asked = tuple(sorted([device.imei for device in devices] + list(missing)))
        given: dict[str, Any] = {"account": "0000123456-00001", "requested": asked, "read_at": READ_AT}
        return DeviceSet.of(devices, missing=missing, **{**given, **read})

    def running(self, *versions: str | None) -> DeviceSet:
        """Make a set of devices that run these versions."""
        return self.of(*(self.device(number, firmware=version) for number, version in enumerate(versions)))

    def alike(self, count: int, **fields: Any) -> DeviceSet:
        """Make a set of so many devices that differ in their IMEI alone."""
        return self.of(*(self.device(number, **fields) for number in range(count)))


@pytest.fixture
def fleets() -> Fleet:
    """
    A maker of devices.
    """
    return Fleet()


class Nothing(mocks.Mocks):
    """An engine in which nothing happens."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return the inputs."""
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """Return the arguments."""
        return dict(args.args)


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., None]]:
    """
    Run a program under Pulumi's mocks.
    """

    def runs(program: Callable[[], Any], *, preview: bool = False) -> None:
        mocks.set_mocks(Nothing(), preview=preview)
        pulumi.runtime.test(program)()

    yield runs
    configure(Settings("project", "stack"))


@pytest.fixture
def stack_config() -> Iterator[Callable[..., None]]:
    """
    Put settings of the package into the config of the stack.
    """

    def put(**given: str) -> None:
        pulumi.runtime.set_all_config({f"fota:{key}": value for key, value in given.items()})

    yield put
    pulumi.runtime.set_all_config({})


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """
    Return what the person was told so far, and forget it.
    """

    def told() -> str:
        text = caplog.text + capsys.readouterr().err
        caplog.clear()
        return text

    return told
