"""Settings that were meant and are not used, on the real engine: an error, or a warning, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pulumi_fota as fota
from support.fleet import A

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

PROGRAM = f"""
import pulumi
import pulumi_fota as fota

one = fota.get_devices(["{A}"])
other = fota.get_device_output("{A}")
pulumi.export("found", pulumi.Output.all(len(one), other.firmware))
"""
THREADS = f"""
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pulumi_fota as fota
from pulumi_fota import rules

def check(imei):
    fota.Gate("meters", rules.active()).require(fota.get_devices([imei]))

with ThreadPoolExecutor() as pool:
    for thread in [pool.submit(START, "{A}") for _ in range(3)]:
        thread.result()
"""


def test_a_misspelt_key_stops_a_preview_before_anything_is_sent(project: Callable[..., Any], simulator: Simulator):
    """
    `fota:baseurl` would otherwise send the credentials to the live host.
    """
    pulumi = project(PROGRAM)
    pulumi("config", "set", "fota:baseurl", simulator.url)

    done = pulumi("preview", code=None)

    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert "fota:baseurl is not a setting, but fota:baseUrl is: rename the key" in text
    assert "Traceback" not in text
    assert simulator.count() == 0


@pytest.mark.parametrize(("name", "warnings"), [("fleet", 1), ("fota", 0)])
def test_unknown_keys_are_named_once_a_run(project: Callable[..., Any], name: str, warnings: int):
    """
    And not at all in a project called `fota`, whose own config they are.
    """
    pulumi = project(PROGRAM)
    (pulumi.folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    pulumi("stack", "init", "other")
    pulumi("config", "set", "fota:imeis", "meters.csv")
    pulumi("config", "set", "fota:region", "north")

    done = pulumi("preview")

    diagnostics = done.stdout.partition("Diagnostics:")[2]
    assert "1 device in 1 request" in diagnostics
    assert diagnostics.count("2 config keys are not settings") == warnings


def test_a_placeholder_stops_a_preview_before_anything_is_sent(
    project: Callable[..., Any], simulator: Simulator, thingspace_environment: dict[str, str]
):
    """
    It would otherwise cost one of five logins.
    """
    pulumi = project(PROGRAM, environment={**thingspace_environment, "FOTA_PASSWORD": "$(FOTA_PASSWORD)"})

    done = pulumi("preview", code=None)

    assert done.returncode != 0
    assert "FOTA_PASSWORD is a placeholder such as ${NAME} that nothing has replaced" in done.stdout + done.stderr
    assert simulator.count() == 0


def test_the_mode_of_the_gates_is_checked_at_the_first_read(project: Callable[..., Any], simulator: Simulator):
    """
    Not when the gate is asked, after devices were read.
    """
    pulumi = project(PROGRAM)
    pulumi("config", "set", "fota:gate", "advisry")

    done = pulumi("preview", code=None)

    assert done.returncode != 0
    assert "fota:gate is 'advisry': use mandatory or advisory" in done.stdout + done.stderr
    assert simulator.count() == 0


def test_threads_without_the_context_of_the_run_are_told_what_to_do(project: Callable[..., Any], simulator: Simulator):
    """
    They would see neither stack config nor project and stack.
    """
    pulumi = project(THREADS.replace("START", "check"))

    done = pulumi("preview", code=None)

    assert done.returncode != 0
    assert "this thread is not in the context of the Pulumi program that is running" in done.stdout + done.stderr
    assert simulator.count() == 0


def test_threads_in_a_copy_of_the_context_read(project: Callable[..., Any], simulator: Simulator):
    """
    What the message says to do works.
    """
    pulumi = project(THREADS.replace("START", "copy_context().run, check"))

    pulumi("preview")

    assert simulator.count("devices") == 3


def test_threads_of_an_inline_program_are_told_so_too(stack: Callable[..., Any], simulator: Simulator):
    """
    Whatever runs the program, and although the package was imported before.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def program() -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(fota.get_device, [A]))

    inline = stack(program)

    with pytest.raises(Exception, match="this thread is not in the context of the Pulumi program"):
        inline.preview()

    assert simulator.count() == 0
