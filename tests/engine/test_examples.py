"""The examples, run as people would run them."""

import json
import re
import uuid
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
    What other stacks read: how many there are, are missing, run what, and could be upgraded.
    """
    pulumi = project(EXAMPLES / "inventory")

    pulumi("up", "--yes", "--skip-preview")

    outputs = json.loads(pulumi("stack", "output", "--json").stdout)
    assert outputs["devices"] == 5
    assert outputs["missing"] == 0
    assert outputs["upgradable"] == {"SEQUANS COMMUNICATIONS": {"GM01Q": 1}}
    assert outputs["firmware"]["Telit"] == {"ME910C1": {"M0B.950004-B006": 2}}


def test_the_inventory_of_a_large_fleet_is_a_small_export(project, simulator):
    """
    It grows with the number of versions, not of devices: 5,000 of them on 100 versions, each with an upgrade that
    waits, and 500 more that are missing.
    """
    pulumi = project(EXAMPLES / "inventory")
    imeis = [f"35693803{n:07}" for n in range(5500)]
    (pulumi.folder / "meters.csv").write_text("\n".join(["imei", *imeis]))
    versions = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(n))) for n in range(100)]
    row, upgrade = simulator.device("356938035643809"), simulator.account.firmware[0]
    for n, imei in enumerate(imeis[:5000]):
        simulator.add({**row, "deviceId": imei, "firmware": versions[n % 100]})
    simulator.account.firmware[:] = [{**upgrade, "firmwareFrom": version} for version in versions]

    pulumi("up", "--yes", "--skip-preview")

    text = pulumi("stack", "output", "--json").stdout
    outputs = json.loads(text)
    assert (outputs["devices"], outputs["missing"]) == (5000, 500)
    assert outputs["upgradable"] == {"SEQUANS COMMUNICATIONS": {"GM01Q": 5000}}
    assert len(text) < 10_000


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

    outputs = json.loads(pulumi("stack", "output", "--json").stdout)
    assert sum(outputs["firmware"].values()) == 2


@pytest.mark.slow
def test_cohorts_render_their_manifests(project):
    """
    One ConfigMap and one Deployment for each make, model and firmware, without a cluster, those of the canary first.
    """
    provider = EXAMPLES.parent / ".engine" / "bin" / "pulumi-resource-kubernetes"
    assert provider.exists(), "there is no Kubernetes provider in .engine/bin: run `make engine-kubernetes`"
    pulumi = project(EXAMPLES / "cohorts")

    pulumi("up", "--yes", "--skip-preview")

    cohorts = json.loads(pulumi("stack", "output", "cohorts", "--json").stdout)
    manifests = [path.read_text() for path in (pulumi.folder / "manifests").rglob("*.yaml")]
    configs = {}
    for cohort in cohorts:
        of_cohort = [text for text in manifests if f"  name: {cohort}\n" in text]
        (configs[cohort],) = [text for text in of_cohort if "kind: ConfigMap\n" in text]
        (deployment,) = [text for text in of_cohort if "kind: Deployment\n" in text]
        assert re.search(rf"envFrom:\s+- configMapRef:\s+name: {cohort}\n", deployment)
        assert re.search(rf"matchLabels:\s+app: meter-service\s+cohort: {cohort}\n", deployment)
    canary = ("359999000000018", "490154203237518")
    assert [any(imei in configs[cohort] for imei in canary) for cohort in cohorts] == [True, True, False, False]
