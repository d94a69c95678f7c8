"""What the locks name: packages by version and hash, and all that pyproject.toml asks for."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.wheels import locked

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tools" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGE = PROJECT["project"]
GROUPS = PROJECT["dependency-groups"]
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
ENTRY = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")
EXTRAS = [requirement for extra in PACKAGE["optional-dependencies"].values() for requirement in extra]


def group(name):
    """Return the requirements of a dependency group and of those that it includes."""
    for item in GROUPS[name]:
        if isinstance(item, str):
            yield item
        else:
            yield from group(item["include-group"])


@pytest.mark.parametrize("lock", sorted(LOCKS.iterdir()), ids=lambda lock: lock.stem)
def test_a_lock_is_versions_and_hashes_alone(lock):
    """
    No address of an index, no option, no path of the machine that wrote it.
    """
    rest = ENTRY.sub("", lock.read_text())

    assert rest == ""
    assert locked(lock)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("dev", [*PACKAGE["dependencies"], *EXTRAS, *group("dev")]),
        ("lowest", [*PACKAGE["dependencies"], *EXTRAS, *group("test")]),
        ("demo", [*PACKAGE["dependencies"], *PACKAGE["optional-dependencies"]["simulator"], *group("install")]),
    ],
    ids=["dev", "lowest", "demo"],
)
def test_a_lock_names_all_that_is_asked_for_on_each_python(lock, requirements, python):
    """
    Who changes the dependencies runs `make lock`.
    """
    versions = locked(LOCKS / f"{lock}.txt", python)

    unmet = [
        requirement
        for requirement in map(Requirement, requirements)
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), "0"))
    ]

    assert unmet == []


@pytest.mark.parametrize("requirement", [*PACKAGE["dependencies"], *EXTRAS])
def test_the_lowest_lock_names_the_oldest_release_that_is_allowed(requirement):
    """
    `pulumi>=3.216` is tested with 3.216.0.
    """
    allowed = Requirement(requirement)
    oldest = next(each.version for each in allowed.specifier if each.operator == ">=")

    version = locked(LOCKS / "lowest.txt")[canonicalize_name(allowed.name)]

    assert f"{version}.".startswith(f"{oldest}.")


@pytest.mark.parametrize("python", PYTHONS)
def test_the_demo_shows_what_is_tested(python):
    """
    Whatever both locks name, they name in one version.
    """
    assert locked(LOCKS / "demo.txt", python).items() <= locked(LOCKS / "dev.txt", python).items()
