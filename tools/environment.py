"""Make a virtual environment of what a lock names, and nothing else.

    python3 tools/environment.py FOLDER LOCK

Nothing is resolved and nothing is compiled: each package of the lock is a wheel that is known by its version and
its hash, so that neither a new release, nor another index, nor the pip that Python brings can change the outcome.
What installs them is the pip that `pip.txt` beside the lock names. The environment holds the package of this checkout
as well, a file `locked` that says what it was made of, and a file `ready` once all is in place.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_AS_LOCKED = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
_HOW_TO_REACH_AN_INDEX = (
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_KEYRING_PROVIDER",
    "PIP_NO_CACHE_DIR",
    "PIP_NO_INDEX",
    "PIP_NO_INPUT",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
    "PIP_USE_DEPRECATED",
    "PIP_USE_FEATURE",
)
_INTERRUPTED = 130


class EnvironmentFailedError(Exception):
    """A step failed; what the step printed says why."""


def make(folder: Path, lock: Path) -> None:
    """Bring `folder` to what `lock` names. An environment that this Python made of the same lock is kept.

    Raises:
        EnvironmentFailedError: This Python or its pip cannot, or the lock lacks what pyproject.toml asks for.
    """
    locks = (lock.with_name("pip.txt"), lock)
    made_of = "\n".join([sys.executable, sys.version, *(file.read_text(encoding="utf-8") for file in locks)])
    locked = folder / "locked"
    (folder / "ready").unlink(missing_ok=True)
    if not (locked.exists() and locked.read_text(encoding="utf-8") == made_of):
        print(f"making {folder} of {sys.executable} and {lock}: about a minute the first time", flush=True)
        create(folder)
        install(folder, lock)
        locked.write_text(made_of, encoding="utf-8")
    _pip(folder, "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT))
    _pip(folder, "check", otherwise=f"{lock} is not what pyproject.toml asks for: run `make lock`")
    (folder / "ready").touch()


def create(folder: Path) -> None:
    """Make an empty virtual environment in place of whatever `folder` holds.

    Raises:
        EnvironmentFailedError: This Python cannot.
    """
    if subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=False).returncode:
        raise EnvironmentFailedError(
            f"{sys.executable} cannot make a virtual environment in {folder}: "
            "install its venv module, or name another Python: make PYTHON=…"
        )


def install(folder: Path, lock: Path) -> None:
    """Install pip as locked, and with it what `lock` names, into an empty virtual environment.

    Raises:
        EnvironmentFailedError: pip could not.
    """
    _pip(folder, "install", "--quiet", *_AS_LOCKED, "--requirement", str(lock.with_name("pip.txt")))
    _pip(folder, "uninstall", "-qq", "--yes", "setuptools")  # Before Python 3.12, venv installs it unasked.
    _pip(folder, "install", "--quiet", *_AS_LOCKED, "--requirement", str(lock))


def _pip(folder: Path, command: str, *arguments: str, otherwise: str = "what pip said stands above") -> None:
    """Run the pip of an environment, untouched by settings other than those that say how to reach an index."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in _HOW_TO_REACH_AN_INDEX or not name.startswith(("PIP_", "PYTHON"))
    }
    # Some machines set `user` in pip's configuration file, which no virtual environment allows.
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    run = [str(folder / "bin" / "python"), "-I", "-m", "pip", command, *arguments]
    if subprocess.run(run, env=environment, check=False).returncode:
        raise EnvironmentFailedError(f"{folder} is not ready: pip {command} failed; {otherwise}")


def main() -> int:
    """Read the command line, make the environment, and turn a failure into one message."""
    options = argparse.ArgumentParser(description="Make a virtual environment of what a lock names.")
    options.add_argument("folder", type=Path)
    options.add_argument("lock", type=Path)
    given = options.parse_args()
    try:
        make(given.folder, given.lock)
    except EnvironmentFailedError as failed:
        print(f"environment: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
