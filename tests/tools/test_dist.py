"""The wheel and the source distribution that `make dist` builds, and what it refuses to release."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

import pulumi_fota

ROOT = Path(__file__).resolve().parents[2]
PACKED = ("pulumi_fota", "tools", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore")
VERSION = pulumi_fota.__version__
(URL,) = re.findall(r'^Repository = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
PLACEHOLDER = "https://repository.invalid/pulumi_fota"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.*"))]
SOURCES = [path for folder in ("pulumi_fota", "tools", "examples") for path in sorted((ROOT / folder).rglob("*.py"))]


def run(script, *arguments, **options):
    """Run `dist.py` of a checkout."""
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """
    What `make dist` builds of this checkout: the wheel, and the source distribution.
    """
    folder = tmp_path_factory.mktemp("dist")
    done = run(ROOT / "tools" / "dist.py", "--into", str(folder))
    assert done.returncode == 0, done.stderr
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture
def checkout(tmp_path):
    """
    A copy of what is packed, in another folder and with the times of now.
    """
    folder = tmp_path / "checkout"
    for name in PACKED:
        copy = folder / name
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy, copy_function=shutil.copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    return folder


def prepare(checkout, *, url, released):
    """Write a URL and what the changelog says of the release into a copy, and make it a Git repository."""
    project = (checkout / "pyproject.toml").read_text(encoding="utf-8").replace(URL, url)
    (checkout / "pyproject.toml").write_text(project, encoding="utf-8")
    (checkout / "README.md").write_text(f"pip install git+{url}\n", encoding="utf-8")
    (checkout / "CHANGELOG.md").write_text(f"## {VERSION} ({released})\n", encoding="utf-8")
    git(checkout, "init", "--quiet")


def git(checkout, *arguments):
    """Run Git, as somebody."""
    somebody = ("-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgSign=false")
    subprocess.run(["git", *somebody, *arguments], cwd=checkout, check=True, capture_output=True)


def files_of_wheel(wheel):
    """Return the names of the files in a wheel, without what describes it."""
    with zipfile.ZipFile(wheel) as content:
        return {name for name in content.namelist() if ".dist-info/" not in name}


def metadata_of(wheel):
    """Return what a wheel says of the package."""
    with zipfile.ZipFile(wheel) as content:
        (name,) = (name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(content.read(name).decode())


def test_the_same_bytes_are_built_elsewhere_and_later(dist, checkout, tmp_path):
    """
    Neither the folder, the times and permissions of the files nor a date in the environment reaches the archives.
    """
    os.utime(checkout / "pulumi_fota" / "__init__.py", (1, 1))
    (checkout / "README.md").chmod(0o600)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": "7"}

    done = run(checkout / "tools" / "dist.py", "--into", str(tmp_path / "again"), env=environment, umask=0o077)

    assert done.returncode == 0, done.stderr
    for file in dist:
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_wheel_and_source_distribution_hold_the_same_package(dist):
    """
    And no file that is not in the package's folder; the other files of the source distribution are known by name.
    """
    wheel, sdist = dist
    with tarfile.open(sdist) as content:
        held = {name.partition("/")[2] for name in content.getnames()}
    package = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "pulumi_fota").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files_of_wheel(wheel) == package
    assert held - package == {"PKG-INFO", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"}
    assert package <= held


def test_the_metadata_says_what_the_package_is(dist):
    """
    The licence and its text, the Pythons, that it is typed; and of URLs the repository's alone.
    """
    wheel, _ = dist
    said = metadata_of(wheel)
    classifiers = said.get_all("Classifier")

    assert said["Name"] == "pulumi_fota"
    assert (said["License-Expression"], said["License-File"]) == ("Apache-2.0", "LICENSE")
    assert said["Requires-Python"] == "<3.15,>=3.10"
    assert [text.rpartition(" ")[2] for text in classifiers if "Python :: 3." in text] == [
        f"3.{minor}" for minor in range(10, 15)
    ]
    assert not [text for text in classifiers if text.startswith("License ::")]  # It would contradict the expression.
    assert "Typing :: Typed" in classifiers
    assert "pulumi_fota/py.typed" in files_of_wheel(wheel)
    assert said.get_all("Project-URL") == [f"Repository, {URL}"]
    assert said["Home-page"] is None


def test_a_release_that_is_not_ready_is_refused_with_every_reason(checkout, tmp_path):
    """
    What a person has to do is told at once, and nothing is put in place.
    """
    prepare(checkout, url=PLACEHOLDER, released="not released")

    done = run(checkout / "tools" / "dist.py", "--release", "v9.9.9", "--into", str(tmp_path / "dist"))

    assert done.returncode == 1
    advice = "put the URL of the repository in its place, in all documents"
    *reasons, uncommitted = done.stderr.splitlines()
    assert reasons == [
        f"dist: [project.urls] of pyproject.toml holds {PLACEHOLDER}: {advice}",
        f"dist: README.md holds {PLACEHOLDER}: {advice}",
        f"dist: the tag is v9.9.9, but the version is {VERSION}: tag it v{VERSION}",
        f"dist: CHANGELOG.md does not say when {VERSION} was released: write `## {VERSION} (YYYY-MM-DD)`",
    ]
    assert uncommitted.startswith("dist: not committed: .gitignore, CHANGELOG.md, ")
    assert not (tmp_path / "dist").exists()


def test_a_release_that_is_ready_is_built(checkout, tmp_path):
    """
    With the digests of its two files on stdout.
    """
    prepare(checkout, url="https://git.example.com/fota", released="2027-01-31")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "Release")

    done = run(checkout / "tools" / "dist.py", "--release", f"v{VERSION}", "--into", str(tmp_path / "dist"))

    assert (done.returncode, done.stderr) == (0, "")
    digests, names = zip(*(line.split("  ") for line in done.stdout.splitlines()), strict=True)
    assert names == (f"pulumi_fota-{VERSION}.tar.gz", f"pulumi_fota-{VERSION}-py3-none-any.whl")
    for digest, name in zip(digests, names, strict=True):
        assert hashlib.sha256((tmp_path / "dist" / name).read_bytes()).hexdigest() == digest


def test_a_build_that_fails_leaves_what_was_built_before(checkout, tmp_path):
    """
    The backend's own words say why.
    """
    (checkout / "README.md").unlink()
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "before.whl").touch()

    done = run(checkout / "tools" / "dist.py", "--into", str(tmp_path / "dist"))

    assert done.returncode == 1
    assert done.stderr.startswith("dist: the build failed, and nothing was put in place:\n")
    assert "README.md" in done.stderr
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["before.whl"]


def test_the_documents_name_the_repository_as_the_metadata_does():
    """
    There is one URL, so that one replacement of a text fills it in everywhere.
    """
    found = {
        (document.name, match)
        for document in DOCUMENTS
        for match in re.findall(r"git\+(https?://[^\s@\"'`#]+)", document.read_text(encoding="utf-8"))
    }

    assert {match for _, match in found} == {URL}
    assert {"README.md", "ci.md"} <= {name for name, _ in found}


def test_nothing_tells_a_user_to_install_a_name_that_nobody_has_registered():
    """
    Until there is a release, a package of that name would be somebody else's.
    """
    command = r"pip install (?:-\S+ )*['\"]?pulumi[-_]fota(?! @ )"
    requirement = r"^ *(?:- )?['\"]?pulumi[-_]fota(?:\[.*\])?(?: *[=<>~!]=.*)?$"
    asks = re.compile(f"{command}|{requirement}", re.MULTILINE)

    asking = {str(path.relative_to(ROOT)): asks.findall(path.read_text("utf-8")) for path in [*DOCUMENTS, *SOURCES]}

    assert {path: found for path, found in asking.items() if found} == {}
    assert asks.search("pip install 'pulumi_fota[simulator]'")
    assert asks.search("pulumi-fota==0.1.0")


def test_the_requirements_of_ci_install_the_wheel(dist, tmp_path):
    """
    With the wheel where they say that it is kept, from no index.
    """
    wheel, _ = dist
    (tmp_path / "wheels").mkdir()
    shutil.copy(wheel, tmp_path / "wheels")
    shutil.copy(ROOT / "docs" / "ci" / "requirements.txt", tmp_path)
    command = [
        "pip",
        "install",
        "--no-index",
        "--no-deps",
        "--target",
        "installed",
        "--requirement",
        "requirements.txt",
    ]

    subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, check=True, capture_output=True)

    assert (tmp_path / "installed" / "pulumi_fota" / "__init__.py").exists()
