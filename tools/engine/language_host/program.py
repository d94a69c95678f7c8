"""How a Pulumi program is started: the command line and environment of `pulumi-language-python-exec`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from language_host.errors import HostError

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2

    from language_host.toolchain import Toolchain

EXECUTOR = "pulumi-language-python-exec"
MESSAGE_SHOWN = 32
"""Exit code of the executor for: the program failed, and the user has been told why."""


def command(request: language_pb2.RunRequest, *, engine: str, toolchain: Toolchain) -> list[str]:
    """The command that runs the program of one `Run` call.

    Raises:
        HostError: The executor is neither on PATH nor beside this host.
    """
    options = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "root_directory": request.info.root_directory,
        "stack": request.stack,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "",
        "parallel": str(request.parallel),
        "organization": request.organization,
    }
    given = [word for name, value in options.items() if value for word in (f"--{name}", value)]
    entry = request.info.entry_point or request.program or "."
    return [toolchain.python, "-u", _executor(), *given, entry, *request.args]


def environment(request: language_pb2.RunRequest, *, toolchain: Toolchain) -> dict[str, str]:
    """The program's environment: it reads the stack's config from here."""
    return {
        **toolchain.activated(os.environ),
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def _executor() -> str:
    beside = Path(sys.argv[0]).absolute().with_name(EXECUTOR)
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which(EXECUTOR)
    if found:
        return str(Path(found).absolute())
    raise HostError(f"{EXECUTOR} is neither beside the language host nor on PATH; run `make engine`")
