"""The language hosts beside our own for Python, each with a program of its language on the real engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / ".engine" / "bin"

YAML = """\
name: probe
runtime: yaml
config:
  firmware:
    type: string
resources:
  stash:
    type: pulumi:index:Stash
    properties:
      input: ${firmware}
outputs:
  made: ${stash.output}
"""
GO = """\
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		stash, err := pulumi.NewStash(ctx, "stash", &pulumi.StashArgs{Input: pulumi.String("SR1.2.0.0-10657")})
		if err != nil {
			return err
		}
		ctx.Export("made", stash.Output)
		return nil
	})
}
"""
NODE = """\
import * as pulumi from "@pulumi/pulumi";

export const made = new pulumi.Stash("stash", { input: "SR1.2.0.0-10657" }).output;
"""

pytestmark = pytest.mark.engine


@pytest.fixture
def project(project):
    """
    The project, where the engine finds the hosts of `.engine/bin` as well.
    """
    project.environment["PATH"] += f"{os.pathsep}{ENGINE}"
    (project.folder / "__main__.py").unlink()
    return project


def lives_from_preview_to_destroy(project):
    """Preview, update and destroy the project, and compare what it makes with the firmware that is in its program."""
    project.run("preview")
    project.run("up", "--skip-preview")
    assert json.loads(project.run("stack", "output", "--json")) == {"made": "SR1.2.0.0-10657"}
    assert "2 deleted" in project.run("destroy", "--skip-preview")


def test_a_yaml_program_runs(project):
    """
    What `make engine` installs runs a plain YAML stack: preview, update, outputs, destroy.
    """
    project.write("Pulumi.yaml", YAML)
    project.run("config", "set", "firmware", "SR1.2.0.0-10657")

    lives_from_preview_to_destroy(project)


@pytest.mark.slow
def test_a_go_program_runs(project):
    """
    With the host of `make engine-hosts`, on the SDK that the engine's own Go modules pin.
    """
    assert (ENGINE / "pulumi-language-go").exists(), "run `make engine-hosts`"
    project.write("Pulumi.yaml", "name: probe\nruntime: go\n")
    project.write("main.go", GO)
    for pinned in ("go.mod", "go.sum"):
        shutil.copy(ROOT / "tools" / "engine" / pinned, project.folder)

    lives_from_preview_to_destroy(project)


@pytest.mark.slow
@pytest.mark.network
def test_a_node_program_runs(project):
    """
    With the host of `make engine-hosts`, in TypeScript, on an SDK from npm.
    """
    assert (ENGINE / "pulumi-language-nodejs").exists(), "run `make engine-hosts`"
    project.write("Pulumi.yaml", "name: probe\nruntime: nodejs\n")
    project.write("index.ts", NODE)
    project.write("package.json", json.dumps({"dependencies": {"@pulumi/pulumi": "3.276.0"}}))
    npm = ["npm", "install", "--no-audit", "--no-fund"]
    subprocess.run(npm, cwd=project.folder, env=project.environment, check=True, capture_output=True)

    lives_from_preview_to_destroy(project)
