"""The names of the package, which are imported on first use."""

import pickle
import pydoc
import subprocess
import sys

import pytest

import pulumi_fota


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, in which nothing is imported yet."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_the_import_of_the_package_imports_no_part_of_it():
    """
    Nor the SDK: a process pays for the names that it uses.
    """
    done = run(
        "import sys, pulumi_fota\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in {'pulumi', 'pulumi_fota', 'attrs'}))\n"
        "pulumi_fota.parse_imei\n"
        "print('pulumi_fota.resources' in sys.modules)"
    )

    assert (done.stdout, done.stderr) == ("['pulumi_fota', 'pulumi_fota._version']\nFalse\n", "")


def test_every_name_can_be_the_first_that_is_imported():
    """
    While no other part of the package is loaded; it stays what it is.
    """
    done = run(
        "import sys, pulumi_fota\n"
        "for name in pulumi_fota.__all__:\n"
        "    for module in [module for module in sys.modules if module.split('.')[0] == 'pulumi_fota']:\n"
        "        del sys.modules[module]\n"
        "    import pulumi_fota\n"
        "    assert getattr(pulumi_fota, name) is getattr(pulumi_fota, name)\n"
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_is_not_there_is_an_attribute_error():
    """
    As of any module, with the proposal that Python makes.
    """
    done = run("import pulumi_fota\npulumi_fota.get_devicez")

    assert "AttributeError: module 'pulumi_fota' has no attribute 'get_devicez'" in done.stderr
    assert run("from pulumi_fota import get_devicez").stderr.startswith("Traceback")
    assert not hasattr(pulumi_fota, "get_devicez")


def test_a_star_import_gives_every_public_name():
    """
    And no other.
    """
    done = run("from pulumi_fota import *\nprint(sorted(name for name in dir() if not name.startswith('__')))")

    expected = sorted(name for name in pulumi_fota.__all__ if not name.startswith("__"))
    assert (done.stdout, done.stderr) == (f"{expected}\n", "")


def test_dir_lists_every_public_name():
    """
    Before any of them is imported.
    """
    done = run("import pulumi_fota\nprint(set(pulumi_fota.__all__) - set(dir(pulumi_fota)))")

    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_help_shows_every_public_name():
    """
    With its text, although none of them is imported yet.
    """
    done = run("import pulumi_fota, pydoc\nprint(pydoc.plain(pydoc.render_doc(pulumi_fota)))")

    assert "class DeviceSnapshot(pulumi.dynamic.dynamic.Resource)" in done.stdout
    assert "get_devices(" in done.stdout
    assert "Compare two reads of devices of one account." in done.stdout


def test_values_can_be_unpickled_where_nothing_is_imported(meters):
    """
    As of a worker process.
    """
    devices = meters({"356938035643809": {}, "359999000000018": None})

    done = run(f"import pickle\nprint(pickle.loads({pickle.dumps(devices)!r}).digest)")

    assert (done.stdout, done.stderr) == (f"{devices.digest}\n", "")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Device", ["imei", "fota_eligible", "license_assigned", "last_connection_time", "mdn", "extra"]),
        ("DeviceSet", ["account", "requested", "missing", "read_at", "protocol", "connection", "refusals"]),
        ("Cohort", ["key", "count", "make", "model", "firmware", "values", "devices"]),
        ("AvailableFirmware", ["account", "read_at", "protocol", "connection"]),
    ],
)
def test_help_explains_every_attribute(name, fields):
    """
    Each has its line under `Attributes:`.
    """
    text = pydoc.plain(pydoc.render_doc(getattr(pulumi_fota, name)))

    attributes = text.partition("Attributes:")[2]
    assert [field for field in fields if f"    {field}: " not in attributes] == []
