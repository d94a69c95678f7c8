"""The hooks of a gate, under Pulumi's mocks."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime.settings import Settings, configure

from pulumi_fota import rules
from pulumi_fota.errors import GateFailed, InvalidArgument
from pulumi_fota.gate import Gate

ANY_ARGUMENTS: Any = None  # What the resource is like makes no difference to a gate.


def test_a_gate_hangs_its_hook_before_create_and_update_and_never_on_delete(fleets: Any, run: Any):
    """
    One hook that also runs in preview stands before create and before update, and none where Pulumi deletes, since
    that would need the program for ever.
    """
    given: list[pulumi.ResourceHookBinding] = []

    run(lambda: given.append(Gate("meters", rules.active()).hooks(fleets.alike(1))))

    (binding,) = given
    (hook,) = binding.before_create or []
    assert hook.name == "fota:gate:meters"
    assert hook.opts.on_dry_run
    assert binding.before_update == [hook]
    assert not any([binding.after_create, binding.after_update, binding.before_delete, binding.after_delete])


def test_hooks_of_one_gate_and_set_are_handed_out_again(fleets: Any, run: Any):
    """
    Many resources share the hook of one gate and set; another set, and another gate of that name, have their own.
    """
    gate, namesake = (Gate("meters", rules.active()) for _ in range(2))
    devices, others = fleets.alike(1), fleets.alike(2)
    given: list[Any] = []

    def program() -> None:
        for each, asked in ((gate, devices), (gate, devices), (gate, others), (namesake, devices)):
            given.extend(each.hooks(asked).before_create or [])

    run(program)

    assert given[0] is given[1]
    assert [hook.name for hook in given] == [
        "fota:gate:meters",
        "fota:gate:meters",
        "fota:gate:meters:2",
        "fota:gate:meters:3",
    ]


def test_a_second_run_in_one_process_has_hooks_of_its_own(fleets: Any, run: Any):
    """
    A hook is registered with one engine, so the next run of the same program registers anew under the same name.
    """
    gate, devices = Gate("meters", rules.active()), fleets.alike(1)
    given: list[Any] = []

    for _ in range(2):
        run(lambda: given.extend(gate.hooks(devices).before_create or []))

    assert given[0] is not given[1]
    assert given[0].name == given[1].name == "fota:gate:meters"


def test_a_hook_says_what_require_says(fleets: Any, run: Any):
    """
    A closed gate stops each resource with the words of `require`; an open one lets it through.
    """
    closed, opened = Gate("meters", rules.allowed_versions("1.2")), Gate("all", rules.active())
    devices = fleets.running("1.2", "1.1")
    given: list[Any] = []

    run(
        lambda: given.extend(
            [*(closed.hooks(devices).before_create or []), *(opened.hooks(devices).before_create or [])]
        )
    )

    with pytest.raises(GateFailed) as required:
        closed.require(devices)
    for _ in range(2):
        with pytest.raises(GateFailed) as stopped:
            given[0](ANY_ARGUMENTS)
        assert str(stopped.value) == str(required.value)
    given[1](ANY_ARGUMENTS)


def test_an_output_is_no_set_for_hooks(fleets: Any, run: Any):
    """
    A hook could wait for an Output without end, so it is refused before anything is registered.
    """

    def program() -> None:
        with pytest.raises(InvalidArgument) as refused:
            Gate("meters", rules.active()).hooks(pulumi.Output.from_input(fleets.alike(1)))  # type: ignore[arg-type]
        assert str(refused.value) == (
            "Gate.hooks was given an Output, which a hook could wait for without end: "
            "use require, and give the resources what it returns"
        )

    run(program)


def test_hooks_are_refused_where_no_program_runs(fleets: Any):
    """
    Without an engine there is nobody to register a hook with, and the error names what works there.
    """
    configure(Settings("project", "stack"))

    with pytest.raises(InvalidArgument) as refused:
        Gate("meters", rules.active()).hooks(fleets.alike(1))

    assert str(refused.value) == (
        "gate 'meters' was asked for hooks, but no Pulumi program is running: "
        "call Gate.hooks in the program, or Gate.check for a verdict alone"
    )
