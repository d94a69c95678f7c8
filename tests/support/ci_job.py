"""What the runners of both CI systems share: a job on a fresh checkout, and commands run in it as a shell runs them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: How the files install what they need. It needs a network, so it is compared with this text and not run.
INSTALL = "pip install -r requirements.txt"


@dataclass
class Job:
    """A job that was run, or left out."""

    name: str
    folder: Path
    code: int | None = None  #: The exit code of the command that failed, 0, or `None` where it was not run.
    log: str = ""  #: What all commands printed.
    summary: str = ""  #: GitHub's step summary.
    environment: dict[str, str] = field(default_factory=dict)  #: What the last command saw of the file's variables.
    outputs: dict[str, str] = field(default_factory=dict)
    artifacts: list[str] = field(default_factory=list)  #: The names of the files that it hands over to people.

    def check_out(self, repository: Path) -> None:
        """Begin with a fresh copy of the repository."""
        shutil.copytree(repository, self.folder)

    def run(self, script: str, environment: Mapping[str, str], *options: str) -> int:
        """Run commands in a shell, and give the exit code."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", *options, "-c", script],
            cwd=self.folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.log += done.stdout
        return done.returncode

    def keep(self, pattern: str) -> None:
        """Hand over the files that match."""
        self.artifacts += sorted(path.name for path in self.folder.glob(pattern) if path.is_file())
