"""Every block of the documents is true: it stands in a tested file, or it is run here, and was printed so."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from support.documents import ROOT
from support.transcript import commands, not_printed

QUICKSTART = ROOT / "examples" / "quickstart"
#: Of `pip install` what it would do, since it would change what is under test.
TRIED = {
    "MAKEFLAGS": "",
    "PIP_DRY_RUN": "true",
    "PIP_NO_DEPS": "true",
    "PIP_NO_INDEX": "true",
    "PIP_NO_BUILD_ISOLATION": "false",  # Which means: without isolation.
}


@pytest.fixture
def thingspace_environment(thingspace_environment):
    """
    The settings of the default connection and of one called "east", and its secrets as a shell holds them.
    """
    names = ("ACCOUNT", "KEY", "SECRET", "USERNAME", "PASSWORD")
    east = {f"FOTA_CONNECTION_EAST_{name}": thingspace_environment[f"FOTA_{name}"] for name in names}
    typed = {"EAST_KEY": "sim-key", "EAST_SECRET": "sim-secret", "EAST_PASSWORD": "sim-password"}
    return {**thingspace_environment, **east, **typed}


@pytest.fixture
def keep(project, tmp_path, scenes):
    """
    What is done with a block, by the comment that stands before it.
    """
    return {
        "from": stands_in_its_file,
        "program": lambda block: runs(block, project),
        "stopped": lambda block: is_stopped_in_words(block, project),
        "pytest": lambda block: passes(block, tmp_path),
        "shell": lambda block: is_typed(block, project),
        "after": lambda block: is_printed(block, scenes),
        "reads": asks_for_what_is_exported,
        "simulator": lambda block: reaches_a_simulator(block, project),
        "fleet": is_a_part_of_the_quickstarts_fleet,
    }


def test_a_block_is_true(block, keep):
    """
    A block that nobody runs goes stale, so each is preceded by a comment that says how it is kept true, and is.
    """
    how = block.kept.split(":")[0]

    assert how in keep, "the block is not preceded by a comment that says how it is kept true"
    keep[how](block)


def stands_in_its_file(block):
    """Find the block's text in the file that it was copied from, which is tested by itself."""
    source = (ROOT / block.kept.removeprefix("from:").strip()).read_text(encoding="utf-8")
    assert block.text in source


def runs(block, project):
    """Run the block as a program, in a real preview."""
    project(block.text)("preview")


def is_stopped_in_words(block, project):
    """Run the block as a program that is stopped."""
    done = project(block.text)("preview", code=1)
    assert "Traceback" not in done.stdout + done.stderr


def passes(block, folder):
    """Run the block as a test file, in a folder with nothing else."""
    (folder / "test_shown.py").write_text(block.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shown.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def is_typed(block, project):
    """Run commands as they stand."""
    done = typed(project(QUICKSTART), block.text)
    assert done.returncode == 0, done.stdout


def is_printed(block, scenes):
    """Type the command of the comment, or those of a console, in a scene, and find what is shown in what comes out."""
    scene, _, command = block.kept.removeprefix("after:").strip().partition(" $ ")
    there = scenes[scene]()
    for line, shown in [(command, block.text)] if command else commands(block.text):
        done = typed(there, line)
        assert shown or done.returncode == 0, done.stdout
        assert not_printed(shown, done.stdout) == [], done.stdout


def reaches_a_simulator(block, project):
    """Run commands that start a simulator and preview the quickstart on its fleet, which its gate stops."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = block.text.replace("8321", str(port))
    assert script != block.text

    done = typed(project(QUICKSTART, environment={}), f"trap 'kill %1' EXIT\n{script}")

    assert done.returncode == 1, done.stdout
    assert "Gate 'meters' stopped this deployment: 1 of 4 rules failed for 5 devices." in done.stdout


def is_a_part_of_the_quickstarts_fleet(block):
    """Find all that a fleet file in a document says in the quickstart's own, which the simulator reads."""
    shown = json.loads(block.text)
    fleet = json.loads((QUICKSTART / "fleet.json").read_text(encoding="utf-8"))
    devices = {device["deviceId"]: device for device in fleet["deviceList"]}
    assert shown["accountName"] == fleet["accountName"]
    assert shown["deviceList"]
    for device in shown["deviceList"]:
        assert device.items() <= devices[device["deviceId"]].items()


def asks_for_what_is_exported(block):
    """Find each output that a stack in another language asks for among those of the stack that it names."""
    example = ROOT / block.kept.removeprefix("reads:").strip()
    exported = re.findall(r'pulumi\.export\("(\w+)"', (example / "__main__.py").read_text(encoding="utf-8"))
    (name,) = re.findall(r"^name: (.+)$", (example / "Pulumi.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    asked = re.findall(r'(?:Output\(|outputs\[|pulumi\.String\()"(\w+)"', block.text)
    assert re.findall(r"organization/([\w-]+)/prod", block.text) in ([name], [])
    assert asked
    assert set(asked) <= set(exported)


def typed(there, script):
    """
    Type a script into a shell, with an answer for a command that asks for a value, and with a yes for an update. Of
    `make` only what it would do, since this very test is one of those.
    """
    script = re.sub(r"^pulumi up\b", "pulumi up --yes", script, flags=re.MULTILINE)
    script = re.sub(r"^make\b", f"make --silent -n -C {ROOT} >/dev/null", script, flags=re.MULTILINE)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=there.folder,
        env={
            **there.environment,
            **TRIED,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{there.environment['PATH']}",
        },
        input="typed\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
