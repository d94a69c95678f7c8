"""A Pulumi project on a backend of its own, run by the command line as a person would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINE = Path(__file__).resolve().parents[1] / ".engine" / "bin"


class Project:
    """One program with a stack `dev`, offline."""

    def __init__(self, folder: Path, program: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        (folder / "backend").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n", encoding="utf-8")
        (folder / "__main__.py").write_text(program, encoding="utf-8")
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("FOTA_", "PULUMI_"))},
            "NO_PROXY": "127.0.0.1",
            "PATH": f"{ENGINE}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_PYTHON_CMD": sys.executable,
            "XDG_STATE_HOME": str(folder / "state-home"),
            **environment,
        }
        self.run("stack", "init", "dev")

    def run(self, *arguments: str) -> str:
        """Run `pulumi` with these arguments, and give what it printed."""
        done = subprocess.run(  # noqa: S603
            [str(ENGINE / "pulumi"), *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"pulumi {' '.join(arguments)}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def seconds(self, *arguments: str) -> float:
        """Return how long it takes."""
        before = time.perf_counter()
        self.run(*arguments)
        return time.perf_counter() - before

    def changes(self) -> int:
        """Update, and count the resources that were changed."""
        self.run("up", "--skip-preview")
        last: dict[str, Any] = json.loads(self.run("stack", "history", "--json", "--page-size", "1"))[0]
        return sum(count for operation, count in last["resourceChanges"].items() if operation != "same")

    @property
    def state_mib(self) -> float:
        """The size of the state's file."""
        return (self.folder / "backend/.pulumi/stacks/bench/dev.json").stat().st_size / 2**20
