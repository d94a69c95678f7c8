"""`gate.require` in programs that the real engine runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi import automation as auto

from pulumi_fota import rules
from pulumi_fota.gate import Gate
from pulumi_fota.model import Device, DeviceSet

if TYPE_CHECKING:
    from collections.abc import Callable

METERS = DeviceSet.of(
    [Device(imei="356938035643809", firmware="1.2"), Device(imei="490154203237518", firmware="1.1")],
    account="0000123456-00001",
    requested=("356938035643809", "490154203237518"),
    read_at="2026-03-01T12:00:00Z",
)
GATE = Gate("meters", rules.allowed_versions("1.2"))
CLOSED = """\
Gate 'meters' stopped this deployment: 1 of 2 rules failed for 2 devices.
  allowed-versions  1 of 2 runs firmware other than 1.2:
                    1.1 on 490154203237518
Update the device, change the rule, or waive it with a reason and a date."""


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_closed_gate_stops_the_deployment_with_its_message(stack: Callable[..., Any], command: str):
    """
    A set of devices that the program holds stops preview and up, with one readable message and no traceback.
    """

    def program() -> None:
        GATE.require(METERS)
        pulumi.export("after", "reached")

    meters = stack(program)

    with pytest.raises(auto.CommandError) as stopped:
        getattr(meters, command)()

    assert any(CLOSED in message for message in meters.messages)
    assert "Traceback" not in str(stopped.value)
    assert meters.outputs == {}


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_closed_gate_on_an_output_that_nobody_uses_stops_the_deployment(stack: Callable[..., Any], command: str):
    """
    A gate whose result is neither exported nor passed on, and whose devices arrive after all else is done, still
    fails the program.
    """

    async def later() -> DeviceSet:
        await asyncio.sleep(0.2)
        return METERS

    def program() -> None:
        GATE.require(pulumi.Output.from_input(later()))

    meters = stack(program)

    with pytest.raises(auto.CommandError) as stopped:
        getattr(meters, command)()

    assert any(CLOSED in message for message in meters.messages)
    assert "Traceback" not in str(stopped.value)


def test_devices_that_are_unknown_in_preview_are_said_to_be_not_evaluated(stack: Callable[..., Any]):
    """
    A gate on an Output that only `up` can know warns in preview, in these words, and gives an unknown Output.
    """

    def program() -> None:
        unknown: pulumi.Output[Any] = pulumi.Output.from_input(pulumi.UNKNOWN)
        pulumi.export("checked", GATE.require(unknown))

    meters = stack(program)

    meters.preview()

    assert "gate 'meters' was not evaluated: its devices are known only during up" in "\n".join(meters.messages)


def test_the_checked_output_stays_secret(stack: Callable[..., Any]):
    """
    Devices that came as a secret leave the gate as a secret.
    """

    def program() -> None:
        pulumi.export("checked", Gate("all").require(pulumi.Output.secret(METERS)))

    meters = stack(program)

    meters.up()

    assert meters.handle.outputs()["checked"].secret


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_stop_for_secret_devices_names_none(stack: Callable[..., Any], command: str):
    """
    Of devices that came as a secret nothing but how many gets on the screen.
    """
    meters = stack(lambda: GATE.require(pulumi.Output.secret(METERS)) and None)

    with pytest.raises(auto.CommandError) as stopped:
        getattr(meters, command)()

    said = "\n".join([*meters.messages, str(stopped.value)])
    assert "  allowed-versions  1 of 2 runs firmware other than 1.2\n" in said
    assert not any(told in said for told in ("490154203237518", "1.1", METERS.account))


OPENERS = {"PULUMI_CONFIG_FOTA_GATE": "advisory", "PULUMI_CONFIG": '{"fota:gate": "advisory"}', "FOTA_GATE": "advisory"}
MISPLACED = "FOTA_GATE is set in the environment, where no gate is opened or closed: unset it"


@pytest.mark.parametrize("variable", OPENERS)
def test_no_variable_opens_the_gate_of_an_inline_program(
    stack: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str
):
    """
    Neither the variables that the SDK reads config from nor one of ours lets a program of the Automation API through,
    also where the stack has no config at all.
    """
    monkeypatch.setenv(variable, OPENERS[variable])

    def program() -> None:
        GATE.require(METERS)
        pulumi.export("after", "reached")

    meters = stack(program, {})

    for run in (meters.preview, meters.up):
        with pytest.raises(auto.CommandError):
            run()
        assert any((MISPLACED if variable == "FOTA_GATE" else CLOSED) in message for message in meters.messages)
    assert meters.outputs == {}


ON_DISK = """
import pulumi
from pulumi_fota import Gate, rules
from pulumi_fota.model import Device, DeviceSet

meters = DeviceSet.of(
    [Device(imei="356938035643809", firmware="1.2"), Device(imei="490154203237518", firmware="1.1")],
    account="0000123456-00001",
    requested=("356938035643809", "490154203237518"),
    read_at="2026-03-01T12:00:00Z",
)
Gate("meters", rules.allowed_versions("1.2")).require(meters)
pulumi.export("after", "reached")
"""


@pytest.mark.parametrize("variable", OPENERS)
def test_no_variable_opens_the_gate_of_a_program_on_disk(
    project: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str
):
    """
    Likewise for a program on disk, with and without config: its host hands the config over in `PULUMI_CONFIG`.
    """
    monkeypatch.setenv(variable, OPENERS[variable])
    meters = project(ON_DISK)

    stopped = [meters("preview", code=1), meters("up", "--skip-preview", code=1)]
    meters("config", "set", "fota:account", "0000123456-00001")
    stopped.append(meters("preview", code=1))

    for run in stopped:
        said = " ".join((run.stdout + run.stderr).split())
        assert " ".join((MISPLACED if variable == "FOTA_GATE" else CLOSED).split()) in said
    assert "after" not in meters("stack", "output").stdout
