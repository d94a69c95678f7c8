"""The language host under the real engine: programs, their Pythons, their exit codes, and how they are stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

DYNAMIC = """\
import pulumi
import provider

thing = provider.Thing("thing", size=pulumi.Config().get_int("size") or 1)
pulumi.export("size", thing.size)
pulumi.export("python", __import__("sys").prefix)
"""
PROVIDER = """\
from pulumi.dynamic import CreateResult, ReadResult, Resource, ResourceProvider


class Provider(ResourceProvider):
    serialize_as_secret_always = False

    def create(self, props):
        return CreateResult("id", props)

    def read(self, id_, props):
        now = {**props, "size": 7}
        return ReadResult(id_, now, inputs=now)


class Thing(Resource, module="probe", name="Thing"):
    size: int

    def __init__(self, name, size):
        super().__init__(Provider(), name, {"size": size})
"""
SLEEPER = """\
import os
import time
from pathlib import Path

with open("started", "w") as file:
    file.write(str(os.getpid()))
with open("go-on") as file:
    file.read()
time.sleep(1)
print("ended by itself")
"""


def outputs(project):
    """Read the stack's outputs."""
    return json.loads(project.run("stack", "output", "--json"))


def is_alive(pid):
    """Return whether a process still runs."""
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        # Where there is /proc, one that has ended but was not waited for can be told apart.
        return not Path("/proc").exists() or ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


def wait_until(condition, *, seconds=20):
    """Wait for another process; fail rather than wait for ever."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def sleeper(project):
    """
    A preview in full run, whose program waits until the test opens and closes its pipe `go-on`. Ended afterwards.
    """
    project.write("__main__.py", SLEEPER)
    started = project.folder / "started"
    os.mkfifo(started)
    os.mkfifo(project.folder / "go-on")
    running = project.start("preview")
    running.program = int(started.read_text())  # Blocks until the program writes its process id.
    yield running
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.stdout.close()
    running.wait()


def test_a_program_lives_through_preview_up_refresh_and_destroy(project):
    """
    With a dynamic resource, so that the provider's own process is in it too.
    """
    project.write("__main__.py", DYNAMIC)
    project.write("provider.py", PROVIDER)

    previewed = project.run("preview")
    project.run("up", "--skip-preview")
    after_up = outputs(project)
    project.run("config", "set", "size", "7")
    refreshed = project.run("refresh", "--skip-preview")
    unchanged = project.run("preview", "--expect-no-changes")
    project.run("refresh", "--run-program", "--skip-preview")
    destroyed = project.run("destroy", "--run-program", "--skip-preview")

    assert "pulumi-python:dynamic/probe:Thing thing create" in previewed
    assert after_up["size"] == 1
    assert "~ 1 updated" in refreshed
    assert "2 unchanged" in unchanged
    assert "- 2 deleted" in destroyed


def test_config_organization_and_dry_run_reach_the_program(project):
    """
    What a program reads of its stack is what the engine says.
    """
    project.write(
        "__main__.py",
        "import pulumi\n"
        "config = pulumi.Config()\n"
        "print(pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack(), pulumi.runtime.is_dry_run())\n"
        "print(config.get('plain'), config.is_secret('plain') if hasattr(config, 'is_secret') else '')\n"
        "pulumi.export('secret', config.require_secret('hidden'))\n",
    )
    project.run("config", "set", "plain", "0000123456")
    project.run("config", "set", "--secret", "hidden", "s3cr3t-value")

    previewed = project.run("preview")
    updated = project.run("up", "--skip-preview")

    assert "organization probe dev True\n" in previewed
    assert "organization probe dev False\n" in updated
    assert "0000123456" in updated
    assert "s3cr3t-value" not in previewed + updated


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("raise pulumi.RunError('two meters are missing')", "error: two meters are missing"),
        ("raise KeyError('no such meter')", "KeyError: 'no such meter'"),
        ("import sys; sys.exit(3)", "error: an unhandled error occurred: program exited with non-zero exit code: 3"),
        ("import sys; sys.exit(32)", "pulumi:pulumi:Stack probe-dev"),
    ],
)
def test_a_program_that_fails_makes_the_command_fail(project, program, message):
    """
    Its message is shown, and the exit code is 1 whatever the program's was.
    """
    project.write("__main__.py", f"import pulumi\n{program}\n")

    said = project.run("preview", code=1)

    assert message in said


def test_exit_code_32_means_that_the_person_was_told_and_adds_nothing(project):
    """
    The executor ends so after an exception whose traceback it has shown.
    """
    project.write("__main__.py", "raise KeyError('no such meter')\n")

    said = project.run("preview", code=1)

    assert "Program failed with an unhandled exception" in said
    assert "program exited with non-zero exit code" not in said


def test_a_program_that_a_signal_ends_is_told_as_such(project):
    """
    A crash of the interpreter is no success.
    """
    project.write("__main__.py", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")

    said = project.run("preview", code=1)

    assert "program exited with non-zero exit code: -9" in said


def test_the_python_is_the_one_that_pulumi_python_cmd_names(project, make_venv, tmp_path):
    """
    For the program and for a dynamic provider alike, with nothing in Pulumi.yaml.
    """
    venv = make_venv(tmp_path / "named")
    project.environment["PULUMI_PYTHON_CMD"] = str(venv / "bin" / "python")
    project.write("__main__.py", DYNAMIC)
    project.write("provider.py", PROVIDER + "\n__import__('builtins').print('provider of', __import__('sys').prefix)\n")

    project.run("up", "--skip-preview")

    assert outputs(project)["python"] == str(venv)


def test_the_python_is_that_of_the_activated_environment(project, make_venv, tmp_path):
    """
    PATH and VIRTUAL_ENV, as `activate` sets them, are enough.
    """
    venv = make_venv(tmp_path / "activated")
    del project.environment["PULUMI_PYTHON_CMD"]
    project.environment["VIRTUAL_ENV"] = str(venv)
    project.environment["PATH"] = f"{venv / 'bin'}{os.pathsep}{project.environment['PATH']}"
    project.write("__main__.py", DYNAMIC)
    project.write("provider.py", PROVIDER)

    project.run("up", "--skip-preview")

    assert outputs(project)["python"] == str(venv)


def test_the_python_is_that_of_the_virtualenv_option(project, make_venv):
    """
    Relative to Pulumi.yaml, and stronger than PULUMI_PYTHON_CMD.
    """
    venv = make_venv(project.folder / "venv")
    project.write("Pulumi.yaml", "name: probe\nruntime:\n  name: python\n  options:\n    virtualenv: venv\n")
    project.write("__main__.py", DYNAMIC)
    project.write("provider.py", PROVIDER)

    project.run("up", "--skip-preview")

    assert outputs(project)["python"] == str(venv)


def test_a_program_in_a_folder_of_its_own_runs_there(project):
    """
    `main` in Pulumi.yaml names it; the project of this repository's root does so.
    """
    project.write("Pulumi.yaml", "name: probe\nruntime: python\nmain: programs/first\n")
    project.write("programs/first/__main__.py", "import os, pulumi\npulumi.export('folder', os.getcwd())\n")

    project.run("up", "--skip-preview")

    assert outputs(project)["folder"] == str(project.folder / "programs" / "first")


def test_a_virtualenv_that_is_something_else_stops_the_command(project):
    """
    One message of the host's, no traceback, and the folder stays as it was.
    """
    project.write("Pulumi.yaml", "name: probe\nruntime:\n  name: python\n  options:\n    virtualenv: notes\n")
    project.write("notes/mine", "mine")

    said = project.run("preview", code=1)

    assert "which is no virtual environment" in said
    assert "Traceback" not in said
    assert [file.name for file in (project.folder / "notes").iterdir()] == ["mine"]


def test_about_tells_the_python_and_the_packages(project):
    """
    `pulumi about` is what people paste into a bug report.
    """
    said = project.run("about")

    version = ".".join(map(str, sys.version_info[:3]))
    assert f"executable='{sys.executable}' version='{version}' toolchain='pip'" in said
    assert "pulumi-fota" in said


def test_cancelled_a_program_that_ends_by_itself_in_time_is_let_end(project, sleeper):
    """
    An interrupt at once would print a traceback of whatever was going on.
    """
    os.kill(sleeper.pid, signal.SIGINT)
    (project.folder / "go-on").write_text("")

    said, _ = sleeper.communicate(timeout=60)

    assert sleeper.returncode != 0
    assert "ended by itself" in said
    assert "KeyboardInterrupt" not in said
    assert not is_alive(sleeper.program)


def test_cancelled_a_program_that_does_not_end_is_interrupted(sleeper):
    """
    After the grace, so that Ctrl-C always ends the command, and leaves no process.
    """
    os.kill(sleeper.pid, signal.SIGINT)

    sleeper.communicate(timeout=60)

    assert sleeper.returncode != 0
    wait_until(lambda: not is_alive(sleeper.program))


def test_an_engine_that_is_killed_leaves_no_program_behind(sleeper):
    """
    Not even SIGKILL, as of a CI runner or of the machine short of memory, leaves a program that waits for ever.
    """
    os.kill(sleeper.pid, signal.SIGKILL)

    wait_until(lambda: not is_alive(sleeper.program))
