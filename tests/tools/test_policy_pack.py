"""Policy packs under the real engine, by way of the host that stands in front of them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

PACK = """\
import sys

import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy


def told():
    config = pulumi.Config("probe").get("plain")
    return f"{pulumi.get_project()} {pulumi.get_stack()} dry={pulumi.runtime.is_dry_run()} config={config}"


def judge_one(args, report):
    if args.resource_type == "pulumi:index:Stash":
        report(f"{args.name} holds {args.props['input']['a']}, seen in {told()}")


def judge_all(args, report):
    report(f"{len(args.resources)} resources, judged by {sys.prefix}")


PolicyPack(
    "pack",
    policies=[
        ResourceValidationPolicy("one", "looks at a stash", judge_one, EnforcementLevel.LEVEL),
        StackValidationPolicy("whole", "looks at the stack", judge_all, EnforcementLevel.ADVISORY),
    ],
)
"""


@pytest.fixture
def pack(project, tmp_path):
    """
    Write a policy pack of one resource policy, at a level, and one stack policy that advises.
    """
    folder = tmp_path / "pack"
    folder.mkdir()
    project.run("config", "set", "plain", "from-config")

    def write(level, *, runtime="python"):
        (folder / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}\n")
        (folder / "__main__.py").write_text(PACK.replace("EnforcementLevel.LEVEL", f"EnforcementLevel.{level}"))
        return folder

    return write


def test_an_advisory_policy_is_shown_and_stops_nothing(project, pack):
    """
    It sees the resource's inputs, and knows project, stack, config, and whether this is a preview.
    """
    folder = pack("ADVISORY")

    previewed = project.run("preview", "--policy-pack", str(folder))
    updated = project.run("up", "--skip-preview", "--policy-pack", str(folder))

    assert "[advisory]  one  (pulumi:index:Stash: stash)" in previewed
    assert "stash holds 1.0, seen in probe dev dry=True config=from-config" in previewed
    assert "stash holds 1.0, seen in probe dev dry=False config=from-config" in updated
    assert "+ 2 created" in updated
    assert "3 resources, judged by " in updated


def test_a_mandatory_policy_stops_the_update_before_anything_is_created(project, pack):
    """
    The exit code is 1, and the stack stays empty.
    """
    folder = pack("MANDATORY")

    said = project.run("up", "--skip-preview", "--policy-pack", str(folder), code=1)

    assert "[mandatory]  one  (pulumi:index:Stash: stash)" in said
    assert "pulumi:index:Stash" not in project.run("stack")


def test_a_pack_runs_in_the_virtualenv_of_its_own(project, pack, make_venv):
    """
    Relative to PulumiPolicy.yaml, and apart from the program's.
    """
    folder = pack("ADVISORY", runtime="{name: python, options: {virtualenv: venv}}")
    venv = make_venv(folder / "venv")

    said = project.run("preview", "--policy-pack", str(folder))

    assert f"3 resources, judged by {venv}\n" in said


def test_a_pack_that_cannot_start_fails_the_command_with_its_own_words(project, pack):
    """
    An error in a pack must not pass for "no violation".
    """
    folder = pack("ADVISORY")
    (folder / "__main__.py").write_text("import no_such_module\n")

    said = project.run("preview", "--policy-pack", str(folder), code=1)

    assert "No module named 'no_such_module'" in said
    assert f"policy pack {folder} did not start: exit code 1" in said
