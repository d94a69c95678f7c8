"""Settings that are paths: `~` is the home folder, and nothing fills in variables."""

from pathlib import Path

import pytest

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule, InvalidSetting
from pulumi_fota.settings import Connection, gate_settings, resolve


@pytest.fixture
def home(monkeypatch, tmp_path):
    """
    A home folder.
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def of_environment(environment, _config, path):
    """
    Set both paths in the environment.
    """
    environment("FOTA_REPORT_DIR", path)
    environment("FOTA_CA_BUNDLE", path)


def of_config(_environment, config, path):
    """
    Set both paths in stack config.
    """
    config(reportDir=path, caBundle=path)


PLACES = [of_environment, of_config]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("path", "rest"), [("~", ""), ("~/x", "x"), ("~/a b/ca.pem", "a b/ca.pem")])
@pytest.mark.usefixtures("home")
def test_a_tilde_is_the_home_folder(environment, config, place, path, rest):
    """
    A shell replaces it in its own commands, but not in config, files of variables and CI systems.
    """
    place(environment, config, path)

    assert gate_settings().report_dir == resolve().ca_bundle == str(Path.home() / rest)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("path", "variable"),
    [
        ("$GITHUB_WORKSPACE/reports", "$GITHUB_WORKSPACE"),
        ("${GITHUB_WORKSPACE}/reports", "${GITHUB_WORKSPACE}"),
        ("$HOME/reports", "$HOME"),
        ("reports/$CI_JOB_ID", "$CI_JOB_ID"),
        ("/x/${V2}", "${V2}"),
    ],
)
def test_a_variable_in_a_path_is_refused(environment, config, place, path, variable):
    """
    A folder of that name would be made, and nobody would find the reports.
    """
    place(environment, config, path)

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    lines = str(refused.value).splitlines()[1:]
    assert len(lines) == 2
    for line in lines:
        assert line.endswith(
            f" is '{path}', and nothing fills in {variable}: write the path itself, or read the variable in the program"
        )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "path", ["\\\\host\\c$\\reports", "a$", "$reports", "cost$5", "$Reports", "x~", "a/~/b", "~other", "100%"]
)
def test_other_names_are_names(environment, config, place, path):
    """
    A share of Windows ends in a dollar sign.
    """
    place(environment, config, path)

    assert gate_settings().report_dir == resolve().ca_bundle == path


def test_a_path_may_be_a_path(environment, home, tmp_path):
    """
    Programs have paths as `Path`.
    """
    assert resolve(Connection(ca_bundle=Path("~/ca.pem"))).ca_bundle == str(home / "ca.pem")
    assert fota.Gate("meters", rules.active(), report_dir=tmp_path / "reports").report_dir == str(tmp_path / "reports")


def test_the_folder_of_a_gate_may_begin_with_a_tilde(home):
    """
    Likewise in the program.
    """
    assert fota.Gate("meters", rules.active(), report_dir="~/reports").report_dir == str(home / "reports")


def test_a_variable_in_the_folder_of_a_gate_is_refused():
    """
    The message names the gate and the argument.
    """
    with pytest.raises(InvalidRule) as refused:
        fota.Gate("meters", rules.active(), report_dir="$CI/reports")

    assert str(refused.value) == (
        "gate 'meters': report_dir= is '$CI/reports', and nothing fills in $CI: write the path itself, or read the "
        "variable in the program"
    )


@pytest.mark.parametrize(("value", "reason"), [(7, "is of type int: text or a Path was expected"), (b"x", "bytes")])
def test_what_is_no_path_is_refused(environment, value, reason):
    """
    The type is named.
    """
    with pytest.raises(InvalidSetting, match=reason):
        resolve(Connection(ca_bundle=value))
