"""The set-up installs what a lock names and nothing else, whatever else can be had and however pip is set up."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import environment
import pytest

from support.wheels import installed, locked, pack_installed, write_lock, write_wheel

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tools" / "locks"
PROXIES = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
OLDEST_PIP = "21.2.3" if sys.version_info < (3, 12) else "23.2.1"  # As Python 3.10.0 and 3.12.0 brought it.
NEVER_LOCKED = "9999"


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """
    What the demo needs, as wheels and a lock of them, with one package more that asks for an extra of another, as
    `pytest-cov` does; and of each a release of version 9999. No index, these folders alone.
    """
    folder = tmp_path_factory.mktemp("offline")
    for name in ("known", "newer"):
        (folder / name).mkdir()
    pip = pack_installed(folder / "known", "pip")
    wheels = [pack_installed(folder / "known", name) for name in locked(LOCKS / "demo.txt")]
    wheels.append(write_wheel(folder / "known", "asks-for-an-extra", "1.0", "packaging[extra]>=1"))
    for wheel in (pip, *wheels):
        write_wheel(folder / "newer", wheel.name.split("-")[0], NEVER_LOCKED)
    write_lock(folder / "pip.txt", [pip])
    write_lock(folder / "lock.txt", wheels)
    return folder


def make(folder, lock, **variables):
    """Make an environment of those wheels, as the Makefile does; gives exit code, stdout and stderr."""
    wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"{lock.parent / 'known'} {lock.parent / 'newer'}"}
    done = subprocess.run(
        [sys.executable, "tools/environment.py", str(folder), str(lock)],
        cwd=ROOT,
        env={**os.environ, **wheels, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def made(offline):
    """
    An environment of all of them, made where that of another lock was left, by a person whose settings of pip do not
    help and whose PYTHONPATH holds a package that is locked.
    """
    folder = offline / "made"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to("/no/longer/there")
    (folder / "locked").write_text("of another lock")
    (folder / "left-over").touch()
    attrs = locked(offline / "lock.txt")["attrs"]
    info = offline / "on-pythonpath" / f"attrs-{attrs}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Name: attrs\nVersion: {attrs}\n")
    (offline / "constraints.txt").write_text("attrs==0.1\n")
    (offline / "pip.conf").write_text("[install]\nuser = true\n")
    code, said, complained = make(
        folder,
        offline / "lock.txt",
        PYTHONPATH=str(info.parent),
        PIP_CONFIG_FILE=str(offline / "pip.conf"),
        PIP_CONSTRAINT=str(offline / "constraints.txt"),
        PIP_NO_BINARY=":all:",
        PIP_TARGET=str(offline / "target"),
    )
    assert code == 0, said + complained
    return folder


def test_what_is_locked_is_installed_and_nothing_newer(made, offline):
    """
    Of each package a newer release can be had; beside what is locked there is pip as locked, and this package.
    """
    expected = {**locked(offline / "pip.txt"), **locked(offline / "lock.txt"), "pulumi-fota": version("pulumi-fota")}

    assert installed(made) == expected
    assert (made / "ready").exists()


def test_nothing_is_installed_elsewhere(made, offline):
    """
    Of the settings of pip, those that say how to reach an index are heeded, and no other.
    """
    assert made.exists()
    assert not (offline / "target").exists()


def test_what_was_made_of_another_lock_is_gone(made):
    """
    Its Python may be gone too.
    """
    assert not (made / "left-over").exists()


def test_an_environment_of_the_same_lock_is_kept(made, offline):
    """
    After a change of pyproject.toml alone, this package is installed again, in seconds.
    """
    (made / "kept").touch()

    code, said, _ = make(made, offline / "lock.txt")

    assert (code, said) == (0, "No broken requirements found.\n")
    assert (made / "kept").exists()


def test_a_lock_that_lacks_a_dependency_is_an_error(offline, tmp_path):
    """
    Nothing resolves it on the way: who changed pyproject.toml locks anew.
    """
    pure = (offline / "known").glob("*-py3-none-any.whl")
    wheels = [wheel for wheel in pure if not wheel.name.startswith("platformdirs-")]
    lacking = write_lock(offline / "lacking.txt", wheels)

    code, said, complained = make(tmp_path, lacking)

    assert code == 1
    assert f"pulumi-fota {version('pulumi-fota')} requires platformdirs, which is not installed.\n" in said
    assert complained == (
        f"environment: {tmp_path} is not ready: pip check failed; {lacking} is not what pyproject.toml asks for: "
        "run `make lock`\n"
    )
    assert not (tmp_path / "ready").exists()


def test_a_wheel_of_another_hash_is_refused(offline, tmp_path):
    """
    An environment that was ready before is so no more.
    """
    (tmp_path / "ready").touch()
    wrong = "0" * 64
    lock = offline / "changed.txt"
    lock.write_text(f"asks-for-an-extra==1.0 --hash=sha256:{wrong}\n")

    code, _, complained = make(tmp_path, lock)

    assert code == 1
    assert f"Expected sha256 {wrong}" in complained
    assert complained.endswith(
        f"environment: {tmp_path} is not ready: pip install failed; what pip said stands above\n"
    )
    assert not (tmp_path / "ready").exists()
    assert installed(tmp_path) == locked(offline / "pip.txt")


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("lock", ["demo", "dev", "lowest"])
def test_the_oldest_pip_installs_what_is_locked_with_another_index_of_newer_releases(
    lock, newer_index, monkeypatch, tmp_path
):
    """
    Of each package the registry's releases and one of version 9999 can be had.
    """
    here = {"PIP_EXTRA_INDEX_URL": newer_index, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    for name, value in (PROXIES | here).items():
        monkeypatch.setenv(name, value)
    environment.create(tmp_path)
    subprocess.run([tmp_path / "bin" / "pip", "install", f"pip=={OLDEST_PIP}"], check=True)
    assert installed(tmp_path)["pip"] == OLDEST_PIP

    environment.install(tmp_path, LOCKS / f"{lock}.txt")

    assert installed(tmp_path) == locked(LOCKS / "pip.txt") | locked(LOCKS / f"{lock}.txt")


@pytest.fixture
def newer_index(tmp_path_factory):
    """
    An index with a release 9999 of each package that is locked; gives its address.
    """
    folder = tmp_path_factory.mktemp("index")
    for name in {name for lock in LOCKS.iterdir() for name in locked(lock)}:
        (folder / name).mkdir()
        write_wheel(folder / name, name, NEVER_LOCKED)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    """Lists folders, which is an index to pip, and logs nothing."""

    def log_message(self, *_):
        """Say nothing."""
