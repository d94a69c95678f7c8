"""The examples of gates, taken through what a fleet does to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.fleet import NEW, OLD

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BEHIND, SWAPPED = "490154203237518", "359999000000018"


@pytest.fixture
def fleet():
    """
    The fleet of the quickstart: five meters, one of which runs old firmware.
    """
    return json.loads((EXAMPLES / "quickstart" / "fleet.json").read_text(encoding="utf-8"))


@pytest.fixture
def rollout(project: Callable[..., Any]) -> Any:
    """
    The gated rollout in a folder of its own.
    """
    return project(EXAMPLES / "gated_rollout")


@pytest.fixture
def guarded(project: Callable[..., Any]) -> Any:
    """
    The guarded resource in a folder of its own.
    """
    return project(EXAMPLES / "guarded_resource")


def waive(rollout: Any, imei: str, until: str) -> None:
    """Add a line to the waivers of the rollout."""
    with (rollout.folder / "waivers.csv").open("a", encoding="utf-8") as file:
        file.write(f"minimum-version,{imei},on the test bench,{until}\n")


def resources(pulumi: Any) -> set[str]:
    """Name the resources in the state, but for the stack itself and its providers."""
    deployment = json.loads(pulumi("stack", "export").stdout)["deployment"]
    found = [resource for resource in deployment.get("resources", []) if resource["type"] == "pulumi:index:Stash"]
    return {resource["urn"].rsplit("::", 1)[1] for resource in found}


def test_a_rollout_waits_for_an_upgrade_and_then_stays_as_it_is(rollout: Any, simulator: Any):
    """
    Old firmware on one meter stops the preview; once it is upgraded, the update goes through, and a second one has
    nothing to do; in the end all is gone.
    """
    stopped = rollout("preview", code=1)
    simulator.device(BEHIND)["firmware"] = NEW
    rollout("up", "--yes", "--skip-preview")
    rollout("up", "--yes", "--skip-preview", "--expect-no-changes")
    deployed = resources(rollout)
    rollout("destroy", "--yes", "--skip-preview")

    assert "Gate 'rollout' stopped this deployment: 1 of 3 rules failed for 5 devices." in stopped.stdout
    assert f"1 of 3 GM01Q devices runs older firmware than {NEW}:" in stopped.stdout
    assert f"{OLD} on {BEHIND}" in stopped.stdout
    assert "Traceback" not in stopped.stdout + stopped.stderr
    assert deployed == {"telemetry"}
    assert resources(rollout) == set()


def test_a_rollout_is_let_through_by_a_waiver(rollout: Any, simulator: Any):
    """
    A meter that is swapped for one with old firmware stops a rollout that went through before; a line in the file of
    waivers lets it through again.
    """
    simulator.device(BEHIND)["firmware"] = NEW
    rollout("up", "--yes", "--skip-preview")

    simulator.device(SWAPPED)["firmware"] = OLD
    stopped = rollout("preview", code=1)
    waive(rollout, SWAPPED, until="2099-12-31")
    rollout("preview")
    rollout("up", "--yes", "--skip-preview", "--expect-no-changes")

    assert f"{OLD} on {SWAPPED}" in stopped.stdout
    assert resources(rollout) == {"telemetry"}


def test_a_waiver_that_has_ended_lets_nothing_through(rollout: Any):
    """
    After its last day a waiver is ignored, and the message names it where its meter fails.
    """
    waive(rollout, BEHIND, until="2020-01-31")

    stopped = rollout("preview", code=1)

    assert f"its waiver for {BEHIND} ended on 2020-01-31: on the test bench" in stopped.stdout


def test_a_guarded_resource_and_what_depends_on_it_are_stopped_and_the_rest_is_not(guarded: Any):
    """
    Preview and update say why the guarded resource is stopped. An update that begins with a preview ends with that;
    one without it creates what is apart, neither the guarded resource nor its dependant.
    """
    preview = guarded("up", "--yes", "--continue-on-error", code=1)
    before = resources(guarded)
    update = guarded("up", "--yes", "--skip-preview", "--continue-on-error", code=1)

    for done in (preview, update):
        assert "Gate 'protocol' stopped this deployment: 1 of 2 rules failed for 5 devices." in done.stdout
        assert f"{OLD} on {BEHIND}" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        assert "pulumi:index:Stash (endpoint):" in done.stdout
    assert before == set()
    assert resources(guarded) == {"dashboard"}


def test_a_guarded_resource_is_created_once_the_fleet_is_fit_and_needs_no_gate_to_go(guarded: Any, simulator: Any):
    """
    After an upgrade all three resources are created; a fleet that is unfit again stops no run without a change, and
    destroy works without running the program and without asking anybody.
    """
    simulator.device(BEHIND)["firmware"] = NEW
    guarded("up", "--yes", "--skip-preview")
    deployed = resources(guarded)

    simulator.device(BEHIND)["firmware"] = OLD
    guarded("up", "--yes", "--skip-preview", "--expect-no-changes")
    simulator.forget_requests()
    guarded("destroy", "--yes", "--skip-preview")

    assert deployed == {"dashboard", "endpoint", "route"}
    assert resources(guarded) == set()
    assert simulator.count() == 0
