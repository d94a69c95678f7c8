"""`pulumi install` under the real engine: what is made, with which tool, and what is said of a failure."""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """\
import sys

import pulumi
import tiny

pulumi.export("tiny", tiny.SAYS)
pulumi.export("python", sys.prefix)
"""


def write_runtime(project, **options):
    """Write the project file with these options of the runtime."""
    project.write("Pulumi.yaml", json.dumps({"name": "probe", "runtime": {"name": "python", "options": options}}))


@pytest.fixture
def tiny(project):
    """
    The wheel of a distribution `tiny`, in the project's folder.
    """
    wheel = project.folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "SAYS = 'hello'\n")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\n")
    return f"./{wheel.name}"


def test_it_makes_the_environment_and_installs_the_requirements(project, tiny):
    """
    The steps are told as they begin.
    """
    write_runtime(project, virtualenv="venv")
    project.write("requirements.txt", f"{tiny}\n")

    said = project.run("install")

    assert "Creating virtual environment..." in said
    assert "Installing dependencies..." in said
    assert list(project.folder.glob("venv/lib/python*/site-packages/tiny.py"))


def test_it_asks_for_no_plugin_of_this_package(project):
    """
    The package says `"resource": false`; without that the engine would try to download a plugin, and fail.
    """
    project.environment.pop("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION")
    # What an example needs is there, for all that the engine can tell.
    kubernetes = f"resource-kubernetes-v{version('pulumi-kubernetes')}"
    there = Path(project.environment["PULUMI_HOME"]) / "plugins" / kubernetes / "pulumi-resource-kubernetes"
    there.parent.mkdir(parents=True)
    there.touch(mode=0o755)

    said = project.run("install")

    assert "fota" not in said


def test_a_requirement_that_cannot_be_had_fails_with_the_installers_words(project):
    """
    The command that failed is named.
    """
    write_runtime(project, virtualenv="venv")
    project.write("requirements.txt", "./no-such-file-1.0-py3-none-any.whl\n")

    said = project.run("install", code=1)

    assert "no-such-file" in said
    assert f"Installing dependencies failed: `{project.folder}/venv/bin/python -m pip install -r" in said


def test_a_plugin_file_that_cannot_be_read_stops_it_and_names_the_package(project, make_venv):
    """
    And stops `preview` as well, before the program runs.
    """
    venv = make_venv(project.folder / "venv")
    write_runtime(project, virtualenv="venv")
    info = next(venv.glob("lib/python*/site-packages")) / "pulumi_odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: pulumi-odd\nVersion: 1.0\n")
    (info / "RECORD").write_text("pulumi_odd-1.0.dist-info/pulumi-plugin.json,,\n")
    (info / "pulumi-plugin.json").write_text("no JSON")

    said = project.run("preview", code=1)

    assert "failed to parse pulumi-plugin.json for pulumi-odd: Expecting value" in said


@pytest.mark.slow
def test_a_preview_makes_the_environment_that_the_project_names_and_that_is_not_there(project, tiny):
    """
    With pip, from the package index, as after a fresh clone; the next command finds it.
    """
    write_runtime(project, virtualenv="venv")
    project.write("requirements.txt", f"pulumi=={version('pulumi')}\n{tiny}\n")
    project.write("__main__.py", PROGRAM)

    said = project.run("preview")

    assert 'tiny  : "hello"' in said
    assert str(project.folder / "venv") in said


@pytest.mark.slow
@pytest.mark.parametrize("project_file", [True, False], ids=["pyproject", "requirements"])
def test_uv_makes_the_environment_beside_the_program(project, tiny, project_file):
    """
    From pyproject.toml, with a lock file, or from requirements.txt alone.
    """
    uv = shutil.which("uv") or str(Path(sysconfig.get_path("scripts")) / "uv")
    project.environment["PATH"] += f"{os.pathsep}{Path(uv).parent}"
    project.environment["UV_CACHE_DIR"] = str(project.folder.parent / "uv-cache")
    write_runtime(project, toolchain="uv")
    project.write("__main__.py", PROGRAM)
    wanted = f"pulumi=={version('pulumi')}"
    if project_file:
        project.write(
            "pyproject.toml",
            '[project]\nname = "probe"\nversion = "0"\nrequires-python = ">=3.10"\n'
            f'dependencies = ["{wanted}", "tiny"]\n[tool.uv.sources]\ntiny = {{ path = "{tiny}" }}\n',
        )
    else:
        project.write("requirements.txt", f"{wanted}\n{tiny}\n")

    project.run("install")
    said = project.run("preview")

    assert 'tiny  : "hello"' in said
    assert f'python: "{project.folder}/.venv"' in said
    assert (project.folder / "uv.lock").exists() == project_file
