"""The Kubernetes provider that `make engine-kubernetes` builds, under the real engine and without a cluster."""

from __future__ import annotations

import json
import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / ".engine" / "bin"

PROGRAM = """\
import pulumi
import pulumi_kubernetes as kubernetes

provider = kubernetes.Provider("yaml", render_yaml_to_directory="rendered")
for name in ("first", "second"):
    kubernetes.core.v1.ConfigMap(
        name,
        metadata={"name": name},
        data={"firmware": "SR1.2.0.0-10657"},
        opts=pulumi.ResourceOptions(provider=provider),
    )
"""


@pytest.mark.engine
@pytest.mark.slow
def test_it_renders_manifests_of_the_python_packages_release(project):
    """
    A preview writes nothing, an update one manifest for each resource, a destroy takes them away.
    """
    assert (ENGINE / "pulumi-resource-kubernetes").exists(), "run `make engine-kubernetes`"
    main = (ROOT / "tools" / "engine" / "kubernetes" / "main.go").read_text()
    release = re.search(r'version = "(.+)"', main)[1]
    project.environment["PATH"] += f"{os.pathsep}{ENGINE}"
    project.write("requirements.txt", f"pulumi=={version('pulumi')}\npulumi-kubernetes=={release}\n")
    project.write(
        "Pulumi.yaml", json.dumps({"name": "probe", "runtime": {"name": "python", "options": {"virtualenv": "venv"}}})
    )
    project.write("__main__.py", PROGRAM)
    rendered = project.folder / "rendered"

    project.run("install", "--no-plugins")  # It would look for the provider on the web alone.
    project.run("preview")
    written_by_preview = rendered.exists()
    project.run("up", "--skip-preview")
    manifests = {file.name: file.read_text() for file in rendered.rglob("*.yaml")}
    project.run("destroy", "--skip-preview")

    assert not written_by_preview
    assert sorted(manifests) == ["v1-configmap-default-first.yaml", "v1-configmap-default-second.yaml"]
    assert all("firmware: SR1.2.0.0-10657" in text for text in manifests.values())
    assert list(rendered.rglob("*.yaml")) == []
