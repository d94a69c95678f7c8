"""Which Python a program gets from the options of its Pulumi.yaml."""

from __future__ import annotations

import sys

import pytest
from language_host.errors import HostError
from language_host.toolchain import Step, Toolchain


@pytest.fixture
def choose(tmp_path, monkeypatch):
    """
    Read the options of a project at `tmp_path`, whose program lies in its folder `program`.
    """
    monkeypatch.setenv("PULUMI_PYTHON_CMD", sys.executable)
    program = tmp_path / "program"
    program.mkdir()
    return lambda **options: Toolchain.chosen(options, root=tmp_path, program=program)


@pytest.fixture
def uv(fake_bin, monkeypatch):
    """
    A `uv` on PATH.
    """
    fake_bin.add("uv")
    monkeypatch.setenv("PATH", fake_bin.path)


def test_without_options_the_python_at_hand_runs_the_program_in_the_environment_as_it_is(choose):
    """
    PULUMI_PYTHON_CMD, or an activated virtual environment, needs no line in Pulumi.yaml.
    """
    toolchain = choose()

    assert (toolchain.name, toolchain.virtualenv, toolchain.python) == ("pip", None, sys.executable)
    assert toolchain.activated({"PATH": "/bin", "PYTHONHOME": "/x"}) == {"PATH": "/bin", "PYTHONHOME": "/x"}


def test_the_python_at_hand_is_python3_of_path_where_none_is_named(choose, fake_bin, monkeypatch):
    """
    An activated virtual environment puts its own first on PATH.
    """
    monkeypatch.delenv("PULUMI_PYTHON_CMD")
    monkeypatch.setenv("PATH", fake_bin.path)
    python = fake_bin.add("python3")

    assert choose().python == str(python)


def test_a_linked_python_stays_a_link(choose, fake_bin, monkeypatch, tmp_path):
    """
    A virtual environment's python is a link, and finds its packages by where the link stands.
    """
    link = tmp_path / "linked-python"
    link.symlink_to(fake_bin.add("real-python"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "./linked-python")

    assert choose().python == str(link)


def test_a_python_that_is_not_there_is_an_error(choose, monkeypatch):
    """
    The setting is named with what it holds.
    """
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "/nowhere/python")

    with pytest.raises(HostError) as caught:
        _ = choose().python

    assert str(caught.value) == (
        "PULUMI_PYTHON_CMD is '/nowhere/python', which is no command; set it to a Python's path"
    )


def test_no_python_at_all_is_an_error(choose, monkeypatch, tmp_path):
    """
    What to set is named.
    """
    monkeypatch.delenv("PULUMI_PYTHON_CMD")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(HostError, match=r"^no python3 is on PATH; set PULUMI_PYTHON_CMD to a Python's path$"):
        _ = choose().python


def test_a_relative_virtualenv_is_relative_to_the_project_and_activated(choose, tmp_path):
    """
    The program sees what an activated environment shows: PATH, VIRTUAL_ENV, no PYTHONHOME.
    """
    toolchain = choose(virtualenv="venv")
    environment = toolchain.activated({"PATH": "/bin", "PYTHONHOME": "/x", "A": "b"})

    assert toolchain.python == f"{tmp_path}/venv/bin/python"
    assert environment == {
        "A": "b",
        "PATH": f"{tmp_path}/venv/bin:/bin",
        "VIRTUAL_ENV": f"{tmp_path}/venv",
        "UV_PROJECT_ENVIRONMENT": f"{tmp_path}/venv",
    }


def test_a_uv_lock_chooses_uv_and_the_environment_beside_it(choose, tmp_path):
    """
    As the official host does, from the program's folder upwards.
    """
    (tmp_path / "uv.lock").touch()

    toolchain = choose()

    assert (toolchain.name, toolchain.virtualenv) == ("uv", tmp_path / ".venv")


def test_uv_by_option_has_its_environment_beside_the_program_unless_one_is_named(choose, tmp_path):
    """
    `virtualenv` goes with both toolchains.
    """
    assert choose(toolchain="uv").virtualenv == tmp_path / "program" / ".venv"
    assert choose(toolchain="uv", virtualenv="mine").virtualenv == tmp_path / "mine"


def test_a_toolchain_of_another_host_is_refused(choose):
    """
    Poetry is known to the official host alone.
    """
    with pytest.raises(HostError) as caught:
        choose(toolchain="poetry")

    assert str(caught.value) == "toolchain 'poetry' is not known to this language host; it has 'pip' and 'uv'"


def test_an_option_of_another_host_is_refused(choose):
    """
    A `typechecker` that nobody runs would be a silent green.
    """
    with pytest.raises(HostError) as caught:
        choose(typechecker="mypy", virtualenv="venv")

    assert str(caught.value) == (
        "runtime option 'typechecker' is not known to this language host; it has 'toolchain' and 'virtualenv'"
    )


def test_pip_makes_the_environment_with_the_python_at_hand_and_installs_requirements(choose, tmp_path):
    """
    Two commands, each told before it runs.
    """
    requirements = tmp_path / "program" / "requirements.txt"
    requirements.touch()

    assert choose(virtualenv="venv").steps() == [
        Step("Creating virtual environment", (sys.executable, "-m", "venv", f"{tmp_path}/venv")),
        Step(
            "Installing dependencies",
            (f"{tmp_path}/venv/bin/python", "-m", "pip", "install", "-r", str(requirements)),
        ),
    ]


def test_without_virtualenv_requirements_go_into_the_python_at_hand(choose, tmp_path):
    """
    No environment is made that nobody asked for.
    """
    requirements = tmp_path / "program" / "requirements.txt"
    requirements.touch()

    assert choose().steps() == [
        Step("Installing dependencies", (sys.executable, "-m", "pip", "install", "-r", str(requirements)))
    ]


@pytest.mark.usefixtures("uv")
def test_uv_syncs_a_project_and_installs_requirements_where_there_is_none(choose, tmp_path):
    """
    A folder with requirements.txt alone is left as it is.
    """
    requirements = tmp_path / "program" / "requirements.txt"
    requirements.touch()
    without_project = choose(toolchain="uv").steps()
    (tmp_path / "program" / "pyproject.toml").touch()
    with_project = choose(toolchain="uv").steps()

    python = f"{tmp_path}/program/.venv/bin/python"
    assert [step.command for step in without_project] == [
        ("uv", "venv", "--allow-existing", f"{tmp_path}/program/.venv"),
        ("uv", "pip", "install", "--python", python, "-r", str(requirements)),
    ]
    assert [step.command for step in with_project] == [("uv", "sync", "--inexact")]


def test_uv_without_the_command_uv_is_an_error(choose, fake_bin, monkeypatch):
    """
    The command is named.
    """
    monkeypatch.setenv("PATH", fake_bin.path)

    with pytest.raises(HostError, match=r"^toolchain 'uv' needs the command `uv`, which is not on PATH; install it$"):
        choose(toolchain="uv").steps()


def test_a_virtualenv_that_is_something_else_is_refused_and_left_alone(choose, tmp_path):
    """
    A folder of a person's own files is no place to make an environment in.
    """
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "notes").write_text("mine")

    with pytest.raises(HostError) as caught:
        choose(virtualenv="venv").prepare()

    assert str(caught.value) == (
        f"the 'virtualenv' option is set to '{tmp_path}/venv', which is no virtual environment; "
        "remove it, or name another folder, then run `pulumi install`"
    )
    assert [file.name for file in (tmp_path / "venv").iterdir()] == ["notes"]


def test_a_virtualenv_that_cannot_be_made_shows_the_command_and_its_words(choose, fake_bin, monkeypatch, tmp_path):
    """
    The output of the command that failed is part of the message.
    """
    python = fake_bin.add("python", "echo 'No space left on device'\nexit 3")
    monkeypatch.setenv("PULUMI_PYTHON_CMD", str(python))

    with pytest.raises(HostError) as caught:
        choose(virtualenv="venv").prepare()

    assert str(caught.value) == (
        f"Creating virtual environment failed: `{python} -m venv {tmp_path}/venv` ended with 3\nNo space left on device"
    )


def test_a_virtualenv_that_is_there_is_used_as_it_is(choose, make_venv, tmp_path):
    """
    `preview` does not install anything into an environment that exists.
    """
    make_venv(tmp_path / "venv", bare=True)
    (tmp_path / "program" / "requirements.txt").write_text("no-such-distribution")
    toolchain = choose(virtualenv="venv")

    toolchain.prepare()

    assert toolchain.is_ready
