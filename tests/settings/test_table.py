"""One table of settings: connections, checked settings and documentation follow it."""

import inspect
import re
from pathlib import Path

import attrs
import pytest

import pulumi_fota as fota
from pulumi_fota.settings import SETTINGS, Application, GateSettings, Settings, User

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
OF_CONNECTIONS = [setting for setting in SETTINGS.values() if setting.in_connection]


def test_a_connection_takes_each_setting_that_a_connection_may_hold():
    """
    A setting that is added to the table and forgotten here could not be given in a program.
    """
    assert [field.name for field in attrs.fields(fota.Connection) if field.init] == [
        setting.name for setting in OF_CONNECTIONS
    ]


@pytest.mark.parametrize("setting", OF_CONNECTIONS, ids=lambda setting: setting.name)
def test_a_connection_hides_each_secret_and_shows_the_rest(setting):
    """
    The table says which settings are credentials.
    """
    printed = repr(fota.Connection(**{setting.name: "cnr-text"}))

    assert ("cnr-text" in printed) != setting.secret


def test_the_docstring_of_a_connection_says_of_each_setting_what_the_table_says():
    """
    `help(fota.Connection)` is the reference.
    """
    docstring = inspect.getdoc(fota.Connection)
    arguments = docstring.partition("Args:\n")[2].partition("\n\n")[0]
    lines = re.split(r"\n    (?=\w+: )", f"\n{arguments}")[1:]

    assert [re.sub(r"\s+", " ", line) for line in lines] == [
        f"{setting.name}: {setting.meaning}" for setting in OF_CONNECTIONS
    ]


def test_every_setting_reaches_a_read_or_the_gates():
    """
    A setting without a user would be accepted and do nothing.
    """
    used = {field.name for kind in (Settings, Application, User, GateSettings) for field in attrs.fields(kind)}

    assert set(SETTINGS) - used == {"gate", "connections"}  # Used as `advisory`, and to find the others.


def test_every_default_is_valid():
    """
    What is used if nobody sets it passes the setting's own check.
    """
    for setting in SETTINGS.values():
        assert setting.default is None or setting.check(setting.default) == setting.default


def row(setting):
    """Write the line of a setting in the reference."""
    variable = f"`FOTA_{setting.variable}`" if setting.in_environment else "–"
    default = "–" if setting.default is None else f"`{setting.default}`"
    meaning = f"{'Secret. ' if setting.secret else ''}{setting.meaning}"
    default = default.replace("False", "false").replace(".0`", "`")
    return f"| `fota:{setting.key}` | {variable} | {default} | {meaning} |"


def test_the_reference_has_a_line_of_the_table_for_each_setting():
    """
    On a difference, copy the lines from here.
    """
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `fota:")]

    assert rows == [row(setting) for setting in SETTINGS.values()]
