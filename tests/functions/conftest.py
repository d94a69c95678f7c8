"""Programs under Pulumi's mocks, and settings that reach the simulator."""

from __future__ import annotations

import contextvars
import logging
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi.runtime.settings import SETTINGS

from pulumi_fota._program_run import forget_runs
from pulumi_fota.testing.event_loop import event_loop
from pulumi_fota.thingspace.process import forget_services

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _no_engine():
    """
    No engine, until a program runs; no run of another test; and no token of a simulator that had the same port.
    """
    forget_services()
    forget_runs()
    SETTINGS.engine = None
    SETTINGS.monitor = None


@pytest.fixture
def reachable(thingspace_environment, monkeypatch, simulator):
    """
    The simulator, which the environment's settings reach.
    """
    for name, value in thingspace_environment.items():
        monkeypatch.setenv(name, value)
    return simulator


class Thing(pulumi.CustomResource):
    """A resource that gives its input back; in a preview it is yet to be created."""

    imei: pulumi.Output[Any]

    def __init__(self, name: str, imei: Any = None, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Thing", name, {"imei": imei}, opts)


class Echo(pulumi.runtime.Mocks):
    """Creates what is declared, but nothing in a preview, where ids and outputs are unknown."""

    def __init__(self, *, preview: bool) -> None:
        self.preview = preview

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        """Answer no function."""
        raise AssertionError(args.token)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Create a resource."""
        if self.preview:
            return "", {}
        # A stash gives what was put into it by another name.
        given = {"output": args.inputs["input"]} if args.typ == "pulumi:index:Stash" else {}
        return f"{args.name}-id", {**args.inputs, **given}


@pytest.fixture
def thing() -> type[Thing]:
    """
    The class of a resource that a lookup can wait for.
    """
    return Thing


@pytest.fixture
def run(caplog) -> Callable[..., Any]:
    """
    Run programs under mocks, one after the other on an event loop of their own, and give what the Outputs that
    they return hold: of one program that alone, of several a list.
    """
    caplog.set_level(logging.INFO)

    def run_all(*programs: Callable[[], Any], preview: bool = False) -> Any:
        kept: list[Any] = []

        def keeping(program: Callable[[], Any]) -> Any:
            returned = program()
            return kept.append(returned) if returned is None else pulumi.Output.from_input(returned).apply(kept.append)

        def in_context() -> None:
            with event_loop():
                for program in programs:
                    pulumi.runtime.set_mocks(Echo(preview=preview), preview=preview)
                    pulumi.runtime.test(keeping)(program)

        contextvars.copy_context().run(in_context)
        return kept[0] if len(programs) == 1 else kept

    return run_all
