"""The examples, run as people would run them."""

import json
from pathlib import Path

import pulumi
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def fleet():
    """
    The fleet of the quickstart.
    """
    return json.loads((EXAMPLES / "quickstart" / "fleet.json").read_text())


def test_inventory_exports_a_summary(project):
    """
    What other stacks read: counts, what is missing, what could be upgraded.
    """
    pulumi = project(EXAMPLES / "inventory")

    pulumi("up", "--yes", "--skip-preview")

    found = json.loads(pulumi("stack", "output", "--json").stdout)
    assert found["devices"] == 5
    assert found["upgradable"] == ["490154203237518"]
    assert found["firmware"]["Telit"] == {"ME910C1": {"M0B.950004-B006": 2}}


def test_another_stack_reads_the_inventory(project, stack):
    """
    What the inventory exports reaches a stack of another project through a StackReference, which asks no carrier.
    """
    project(EXAMPLES / "inventory")("up", "--yes", "--skip-preview")

    def program():
        inventory = pulumi.StackReference("organization/fleet-inventory/dev")
        pulumi.export("firmware", inventory.require_output("firmware"))
        pulumi.export("name", pulumi.Output.format("{0}-devices", inventory.require_output("devices").apply(int)))

    reader = stack(program, {})
    reader.up()

    assert reader.outputs["firmware"]["Telit"] == {"ME910C1": {"M0B.950004-B006": 2}}
    assert reader.outputs["name"] == "5-devices"


def test_a_dynamic_set_is_read_once_its_resource_is_there(project, simulator):
    """
    The preview asks nothing and says that the gate was not evaluated; the update reads, checks and stores.
    """
    pulumi = project(EXAMPLES / "dynamic_set")

    pulumi("preview")
    pulumi("up", "--yes", "--skip-preview")

    found = json.loads(pulumi("stack", "output", "--json").stdout)
    assert sum(found["firmware"].values()) == 2


@pytest.mark.slow
def test_cohorts_render_their_manifests(project):
    """
    One ConfigMap and one Deployment for each make, model and firmware, without a cluster.
    """
    provider = EXAMPLES.parent / ".engine" / "bin" / "pulumi-resource-kubernetes"
    assert provider.exists(), "there is no Kubernetes provider in .engine/bin: run `make engine-kubernetes`"
    pulumi = project(EXAMPLES / "cohorts")

    pulumi("up", "--yes", "--skip-preview")

    cohorts = json.loads(pulumi("stack", "output", "cohorts", "--json").stdout)
    names = [path.name for path in (pulumi.folder / "manifests").rglob("*.yaml")]
    assert len(cohorts) == 4
    for cohort in cohorts:
        assert len([name for name in names if "configmap" in name and cohort in name]) == 1
        assert len([name for name in names if "deployment" in name and cohort in name]) == 1
