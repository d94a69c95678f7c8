"""Which engine plugins the installed packages ask for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from language_host import inventory, packages
from language_host.errors import HostError
from language_host.packages import Package


def package(name="pulumi-thing", version="1.2.3", plugin=None, *, required=False):
    """Return one installed package; `plugin` is what its pulumi-plugin.json holds."""
    return Package(name=name, version=version, required=required, plugin=plugin)


def listed(python):
    """List the packages of a Python as the host does: by running the inventory with it."""
    return json.loads(subprocess.run([python, inventory.__file__], capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    ("installed", "plugin"),
    [
        (package(), ("thing", "v1.2.3", "")),
        (package(plugin='{"resource": true}'), ("thing", "v1.2.3", "")),
        (package("other", plugin='{"resource": true, "name": "thing"}'), ("thing", "v1.2.3", "")),
        (package(plugin='{"resource": true, "version": "9.0.0"}'), ("thing", "v9.0.0", "")),
        (package(plugin='{"resource": true, "version": "v9.0.0"}'), ("thing", "v9.0.0", "")),
        (package(plugin='{"resource": true, "server": "https://x.example"}'), ("thing", "v1.2.3", "https://x.example")),
        (package(version="1.2.0a3"), ("thing", "v1.2.0-alpha.3", "")),
        (package(version="1.2.0b3"), ("thing", "v1.2.0-beta.3", "")),
        (package(version="1.2rc1"), ("thing", "v1.2.0-rc.1", "")),
        (package(version="0.1.0.dev0"), ("thing", "v0.1.0-dev.0", "")),
        (package(version="2.0.0.post1"), ("thing", "v2.0.0", "")),
        (package(version="4"), ("thing", "v4.0.0", "")),
    ],
)
def test_a_pulumi_package_has_a_plugin_of_its_name_and_version(installed, plugin):
    """
    The file may name another one; a version of Python's spelling becomes one that the engine reads.
    """
    dependency = installed.dependency()

    assert (dependency.kind, dependency.name, dependency.version, dependency.server) == ("resource", *plugin)


@pytest.mark.parametrize(
    "installed",
    [
        package("requests"),
        package("pulumi"),
        package("pulumi-policy"),
        package(plugin='{"resource": false}'),
        package(plugin="{}"),
        package("other", plugin='{"resource": false, "name": "thing"}'),
    ],
)
def test_a_package_without_plugin_asks_for_none(installed):
    """
    Other packages have none, and a Pulumi package can say that it has none.
    """
    assert installed.dependency() is None


def test_a_parameterized_package_passes_its_parameter_on():
    """
    The value is base64 in the file and bytes for the engine.
    """
    said = {"resource": True, "name": "base", "parameterization": {"name": "p", "version": "1.0.0", "value": "aGk="}}

    dependency = package(plugin=json.dumps(said)).dependency()

    parameter = dependency.parameterization
    assert (dependency.name, parameter.name, parameter.version, parameter.value) == ("base", "p", "1.0.0", b"hi")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "it holds no JSON object"),
    ],
)
def test_a_plugin_file_that_cannot_be_read_names_its_package(text, reason):
    """
    Guessing would make the engine download something.
    """
    with pytest.raises(HostError) as caught:
        package(plugin=text).dependency()

    assert str(caught.value) == f"failed to parse pulumi-plugin.json for pulumi-thing: {reason}"


def test_about_lists_what_no_other_package_requires_unless_all_are_asked_for():
    """
    A program's own requirements, or the whole tree of them.
    """
    found = [package("pulumi-thing"), package("urllib3", required=True)]

    direct = packages.dependencies(found, transitive=False)
    every = packages.dependencies(found, transitive=True)

    assert [dependency.name for dependency in direct] == ["pulumi-thing"]
    assert [dependency.name for dependency in every] == ["pulumi-thing", "urllib3"]


def test_the_inventory_runs_in_a_python_that_has_nothing(make_venv, tmp_path):
    """
    The program's Python need not have `pulumi`, and the host's own modules do not get in its way.
    """
    python = make_venv(tmp_path / "venv", bare=True) / "bin" / "python"

    assert listed(python) == []


def test_the_inventory_reads_names_requirements_and_plugin_files(make_venv, tmp_path):
    """
    Of an ordinary installation; what only an extra asks for is not required.
    """
    venv = make_venv(tmp_path / "venv", bare=True)
    site = next(venv.glob("lib/python*/site-packages"))
    for name, requires, files in [
        (
            "Pulumi_Thing",
            ("dep.one>=2; python_version>'3'", "extra_one; extra == 'x'"),
            ("pulumi_thing/pulumi-plugin.json",),
        ),
        ("dep-one", (), ()),
        ("extra-one", (), ()),
    ]:
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        metadata = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {requirement}" for requirement in requires)]
        (info / "METADATA").write_text("\n".join(metadata))
        (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    (site / "pulumi_thing").mkdir()
    (site / "pulumi_thing" / "pulumi-plugin.json").write_text('{"resource": false}')

    said = subprocess.run(
        [venv / "bin" / "python", inventory.__file__], capture_output=True, text=True, check=True
    ).stdout

    assert json.loads(said) == [
        {"name": "dep-one", "version": "1.0", "required": True, "plugin": None},
        {"name": "extra-one", "version": "1.0", "required": False, "plugin": None},
        {"name": "pulumi-thing", "version": "1.0", "required": False, "plugin": '{"resource": false}'},
    ]


def test_the_inventory_finds_the_plugin_file_of_an_editable_installation(make_venv, tmp_path):
    """
    It lists no files of the package; its folder is where Python imports it from.
    """
    venv = make_venv(tmp_path / "venv", bare=True)
    site = next(venv.glob("lib/python*/site-packages"))
    (site / "pulumi_thing-1.0.dist-info").mkdir()
    (site / "pulumi_thing-1.0.dist-info" / "METADATA").write_text("Name: pulumi-thing\nVersion: 1.0\n")
    (site / "checkout.pth").write_text(str(tmp_path / "checkout"))
    (tmp_path / "checkout" / "pulumi_thing").mkdir(parents=True)
    (tmp_path / "checkout" / "pulumi_thing" / "__init__.py").touch()
    (tmp_path / "checkout" / "pulumi_thing" / "pulumi-plugin.json").write_text('{"resource": false}')

    said = subprocess.run(
        [venv / "bin" / "python", inventory.__file__], capture_output=True, text=True, check=True
    ).stdout

    assert [entry["plugin"] for entry in json.loads(said)] == ['{"resource": false}']


def test_this_package_asks_for_no_plugin():
    """
    Else `pulumi install` would try to download one that does not exist.
    """
    ours = next(Package(**entry) for entry in listed(sys.executable) if entry["name"] == "pulumi-fota")

    assert ours.plugin is not None
    assert ours.dependency() is None
