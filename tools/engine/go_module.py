"""A Go module of ours that pins others, and how a command of theirs is built.

Owns all calls of `go` and the words of their failures.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_HEARTBEAT = 30.0
"""Seconds between two signs of life: Go compiles for minutes without a word."""
_DOWNLOADING = "go: downloading "
_FAILED_MODULE = re.compile(r"(?P<module>[\w.~/-]+)@(?P<version>v[\w.+-]+): (?P<reason>.+)", re.DOTALL)


class GoError(Exception):
    """Go is missing, too old, or has failed; the message says which, and what to do."""


@dataclass(frozen=True)
class GoModule:
    """A folder with `go.mod` and `go.sum`."""

    folder: Path

    @property
    def go(self) -> str:
        """The version of Go that the module needs."""
        return self._read(r"^go (\S+)$", what="its version of Go")

    def version(self, module: str) -> str:
        """The pinned version of a required module, without the leading `v`."""
        return self._read(rf"^(?:require |\t){re.escape(module)} v(\S+)", what=f"a version of {module}")

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that say what is built from here."""
        return tuple(sorted([*self.folder.glob("go.*"), *self.folder.glob("*.go")]))

    def check_go(self) -> None:
        """Makes sure of a Go that is new enough; one from 1.21 on fetches the Go that it needs by itself.

        Raises:
            GoError: There is none.
        """
        if not shutil.which("go"):
            raise GoError("there is no `go` on PATH")
        asked = self._run("env", "GOVERSION")
        if asked.returncode:
            raise GoError(asked.stderr.strip().rpartition("\n")[-1])
        found = asked.stdout.strip().removeprefix("go")
        if _numbers(found) < _numbers(self.go):
            raise GoError(f"{shutil.which('go')} is version {found}, older than {self.go}")

    def folder_of(self, module: str) -> str:
        """Where Go keeps the source of a pinned module; downloads it where it must.

        Raises:
            GoError: The download failed.
        """
        done = self._run("mod", "download", "-json", module)
        if done.returncode:
            said = json.loads(done.stdout)["Error"] if done.stdout else done.stderr
            raise _failure(said)
        return str(json.loads(done.stdout)["Dir"])

    def build(self, package: str, *, to: Path, flags: Sequence[str] = (), say: Callable[[str], None]) -> None:
        """Builds one command of a pinned module.

        Raises:
            GoError: A download or the compiler failed.
        """
        said: list[str] = []
        with (
            _heartbeat(said, say),
            subprocess.Popen(
                ["go", "build", *flags, "-o", str(to), package],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            ) as building,
        ):
            try:
                said.extend(building.stderr or ())
            except BaseException:
                building.kill()
                raise
        if building.returncode:
            raise _failure("".join(line for line in said if not line.startswith(_DOWNLOADING)))

    def _read(self, pattern: str, *, what: str) -> str:
        file = self.folder / "go.mod"
        match = re.search(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
        if not match:
            raise GoError(f"{file} does not name {what}")
        return match[1]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["go", *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        # Neither a workspace above the checkout nor a vendor folder shall change what is built.
        flags = f"{os.environ.get('GOFLAGS', '')} -mod=readonly -buildvcs=false"
        return {**os.environ, "GOWORK": "off", "GOFLAGS": flags.strip()}


@contextlib.contextmanager
def _heartbeat(said: list[str], say: Callable[[str], None]) -> Iterator[None]:
    """Reports now and then that `go`, whose words so far are in `said`, is still at work."""
    done = threading.Event()

    def beat() -> None:
        began = time.monotonic()
        while not done.wait(_HEARTBEAT):
            downloaded = sum(line.startswith(_DOWNLOADING) for line in said)
            say(f"... {spoken(time.monotonic() - began)}, {downloaded} modules downloaded")

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _failure(said: str) -> GoError:
    if match := _FAILED_MODULE.search(said):
        return GoError(
            f"the module {match['module']} {match['version']} could not be downloaded: {match['reason'].strip()}\n"
            "the modules that Go has already are kept, so try again"
        )
    return GoError(f"go failed:\n{said.strip()}")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def spoken(seconds: float) -> str:
    """A duration as `3 min 12 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
