"""`gate.hooks` on resources of programs that the real engine runs."""

from __future__ import annotations

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
CLOSED = Gate("meters", rules.allowed_versions("1.2"))
OPEN = Gate("known", rules.allowed_versions("1.1", "1.2"))
HEADLINE = "Gate 'meters' stopped this deployment: 1 of 2 rules failed for 2 devices."


def guarded(name: str, *gates: Gate, value: str = "v1", **options: Any) -> pulumi.Stash:
    """Declare a resource with the hooks of these gates."""
    hooks = pulumi.ResourceHookBinding()
    for gate in gates:
        one = gate.hooks(METERS)
        hooks.before_create = [*(hooks.before_create or []), *(one.before_create or [])]
        hooks.before_update = [*(hooks.before_update or []), *(one.before_update or [])]
    return pulumi.Stash(name, input=value, opts=pulumi.ResourceOptions(hooks=hooks, **options))


def names(stack: Any) -> set[str]:
    """Name the resources in the state, but for the stack itself."""
    return {fact["urn"].rsplit("::", 1)[1] for fact in stack.facts()} - {"fleet-dev"}


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_hook_stops_its_resource_with_the_message_of_the_gate(stack: Callable[..., Any], command: str):
    """
    A closed gate stops the resource that it guards at preview and at up, in the words of `require`, attached to that
    resource, and without a traceback.
    """
    meters = stack(lambda: guarded("config", CLOSED) and None)

    with pytest.raises(auto.CommandError) as stopped:
        getattr(meters, command)()

    told = [(said, urn) for said, urn in zip(meters.messages, meters.urns, strict=True) if HEADLINE in said]
    assert any(urn.endswith("::config") for _, urn in told)
    assert any("1.1 on 490154203237518" in said for said, _ in told)
    assert "Traceback" not in str(stopped.value)


def test_what_does_not_depend_on_a_guarded_resource_goes_ahead(stack: Callable[..., Any]):
    """
    At up the guarded resource and its dependants are not created, and one apart from them is.
    """

    def program() -> None:
        config = guarded("config", CLOSED)
        pulumi.Stash("dependant", input=config.output)
        pulumi.Stash("apart", input="v1")

    meters = stack(program)

    with pytest.raises(auto.CommandError):
        meters.up(continue_on_error=True)

    assert names(meters) == {"apart"}


def test_a_guarded_resource_is_stopped_at_a_change_alone_and_can_be_destroyed(stack: Callable[..., Any]):
    """
    With the gate open a resource is created; once it is closed, a run without a change goes through, a change is
    stopped, and destroy works without running the program.
    """
    meters = stack(lambda: guarded("config", OPEN) and None)
    meters.up()

    meters.program(lambda: guarded("config", CLOSED) and None)
    unchanged = meters.up()
    meters.program(lambda: guarded("config", CLOSED, value="v2") and None)
    with pytest.raises(auto.CommandError):
        meters.up()
    stopped = "\n".join(meters.messages)
    meters.destroy()

    assert unchanged["same"] == 2
    assert HEADLINE in stopped
    assert meters.facts() == []


def test_the_hooks_of_two_gates_work_on_one_resource_and_one_gate_on_two(stack: Callable[..., Any]):
    """
    A resource may be guarded by an open and a closed gate, in any order: the closed one stops it. Two resources may
    share a gate.
    """

    def program() -> None:
        guarded("one", OPEN, CLOSED)
        guarded("two", CLOSED, OPEN)
        guarded("three", OPEN)

    meters = stack(program)

    with pytest.raises(auto.CommandError):
        meters.up(continue_on_error=True)

    assert names(meters) == {"three"}


def test_an_advisory_stack_warns_once_and_lets_guarded_resources_through(stack: Callable[..., Any]):
    """
    With `fota:gate: advisory` two resources that a closed gate guards are created, and one warning says what would
    have been.
    """

    def program() -> None:
        guarded("one", CLOSED)
        guarded("two", CLOSED)

    meters = stack(program)
    meters.set_config({"fota:gate": "advisory"})

    meters.up()

    assert names(meters) == {"one", "two"}
    assert "\n".join(meters.messages).count("would have stopped this deployment (fota:gate is advisory)") == 1
