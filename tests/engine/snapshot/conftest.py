"""Stacks whose program is one snapshot, and what the engine says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest

import pulumi_fota as fota

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "pulumi-python:dynamic/fota:DeviceSnapshot"


@pytest.fixture
def snapshot() -> Callable[..., Callable[[], None]]:
    """
    Make a program of one snapshot, called meters, whose digest and firmware are exported.
    """

    def make(devices: Any, **options: Any) -> Callable[[], None]:
        def program() -> None:
            kept = fota.DeviceSnapshot("meters", devices() if callable(devices) else devices, **options)
            pulumi.export("digest", kept.digest)
            pulumi.export("firmware", kept.firmware)

        return program

    return make


@pytest.fixture
def stored() -> Callable[..., dict[str, Any]]:
    """
    Return what a stack's state says of its one snapshot: id, inputs, outputs.
    """

    def look(stack: Any) -> dict[str, Any]:
        (found,) = [each for each in stack.facts() if f"{TOKEN}::" in each["urn"]]
        return found

    return look


@pytest.fixture
def previewed() -> Callable[..., dict[str, list[str]]]:
    """
    Preview, and return for each operation on a snapshot the properties it would change, as the engine's paths.
    """

    def run(stack: Any, **options: Any) -> dict[str, list[str]]:
        steps: dict[str, list[str]] = {}

        def keep(event: Any) -> None:
            step = event.resource_pre_event and event.resource_pre_event.metadata
            if step and step.type == TOKEN:
                steps[step.op.value] = sorted(step.detailed_diff or {})

        stack.handle.preview(on_event=keep, **options)
        return steps

    return run


@pytest.fixture
def reads(fleet: dict[str, Any]) -> Callable[..., Any]:
    """
    Make a function that reads the fleet's meters in the program, or all of the account.
    """
    imeis = sorted(row["deviceId"] for row in fleet["deviceList"])

    def make(*, account_wide: bool = False, connection: fota.Connection | None = None) -> Callable[[], fota.DeviceSet]:
        def read() -> fota.DeviceSet:
            if account_wide:
                return fota.get_account_devices(connection=connection)
            return fota.get_devices(imeis, connection=connection)

        return read

    return make
