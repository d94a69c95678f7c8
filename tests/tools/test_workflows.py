"""What the workflows of this repository, and those that people copy, say in several places at once."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import yaml
from go_module import GoModule

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / ".github" / "workflows"
WORKFLOWS = [*sorted(OURS.glob("*.yml")), *sorted((ROOT / "docs" / "ci").glob("github-*.yml"))]


def steps_of(workflow):
    """Return all steps of all jobs."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def test_each_action_is_pinned_to_one_hash_with_its_tag_beside_it():
    """
    A tag can be moved to other code; a hash alone does not show how old it is.
    """
    pins = defaultdict(set)
    for workflow in WORKFLOWS:
        for line in re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8")):
            action, _, pin = line.partition("@")
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), f"{workflow.name}: {line}"
            pins[action].add(pin)

    assert {action: found for action, found in pins.items() if len(found) > 1} == {}
    assert "pulumi/actions" in pins


def test_ci_runs_on_each_python_that_the_package_names():
    """
    A version that is promised and not tried is a guess.
    """
    named = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    jobs = yaml.safe_load((OURS / "ci.yml").read_text(encoding="utf-8"))["jobs"]

    assert jobs["official-engine"]["strategy"]["matrix"]["python"] == named


def test_the_official_engine_of_ci_is_the_release_that_is_built_here():
    """
    So that a difference between two jobs is one of their hosts and Pythons.
    """
    pinned = GoModule(ROOT / "tools" / "engine").version("github.com/pulumi/pulumi/pkg/v3")
    given = [step["with"] for step in steps_of(OURS / "ci.yml") if step.get("uses", "").startswith("pulumi/actions@")]

    assert given == [{"pulumi-version": pinned}] * 2
