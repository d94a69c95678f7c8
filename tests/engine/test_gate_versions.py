"""Versions that a program takes from its stack's config, on the real engine: YAML makes numbers of some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

PROGRAM = """
import pulumi
import pulumi_fota as fota
from pulumi_fota import rules

required = pulumi.Config().require_object("required")
by_model = required if isinstance(required, dict) else {"GM01Q": required}
gate = fota.Gate("meters", *(rules.allowed_versions(version, model=model) for model, version in by_model.items()))
gate.require(fota.get_devices(["356938035643809", "490154203237518"]))
"""
REFUSED = (
    "allowed_versions of model 'GM01Q' was given 1.1, a number: quote it where it is written, since YAML makes 1.1 "
    "of 1.10"
)


@pytest.fixture
def fleet(fleet: dict[str, Any]) -> dict[str, Any]:
    """
    The small fleet, all of which runs 1.10.
    """
    for row in fleet["deviceList"]:
        row["firmware"] = "1.10"
    return fleet


def configured(project: Callable[..., Any], required: str) -> Any:
    """Make the project with the config written by hand, as YAML."""
    made = project(PROGRAM)
    with (made.folder / "Pulumi.dev.yaml").open("a", encoding="utf-8") as file:
        file.write(f"config:\n  fleet:required: {required}\n")
    return made


@pytest.mark.parametrize("required", ["1.10", "{GM01Q: 1.10}"])
def test_a_version_that_became_a_number_is_refused_before_anything_is_sent(
    project: Callable[..., Any], simulator: Simulator, required: str
):
    """
    Written without quotes, alone or by model, 1.10 arrives as another version: the run fails with the model's name
    and the way out, and asks nobody for devices.
    """
    meters = configured(project, required)

    done = meters("preview", code=None)

    assert done.returncode != 0
    assert REFUSED in done.stdout + done.stderr
    assert simulator.count() == 0


@pytest.mark.parametrize("required", ["'\"1.10\"'", "{GM01Q: '1.10'}"])
def test_a_version_in_quotes_lets_the_devices_through_that_run_it(project: Callable[..., Any], required: str):
    """
    With quotes the version is a text, and the fleet that runs it is let through.
    """
    meters = configured(project, required)

    meters("preview")


def test_a_device_at_1_1_does_not_pass_for_1_10(project: Callable[..., Any], simulator: Simulator):
    """
    The version that YAML would have made of it is another one, and the gate stops.
    """
    simulator.device("490154203237518")["firmware"] = "1.1"
    meters = configured(project, "{GM01Q: '1.10'}")

    done = meters("preview", code=None)

    assert done.returncode != 0
    assert "1.1 on 490154203237518" in done.stdout + done.stderr
