"""Paths that a person wrote in a program, in stack config or in the environment. Imports nothing of ours."""

from __future__ import annotations

import os
import re
from pathlib import Path

_VARIABLE = re.compile(r"\$(?:[A-Z_][A-Z0-9_]*(?![A-Za-z0-9])|\{[A-Z_][A-Z0-9_]*\})")


def expanded(path: str) -> Path:
    """Return a path with the home folder in place of a leading `~`.

    Raises:
        ValueError: There is no home folder, or a variable such as `$HOME` that nothing has filled in.
    """
    if variable := _VARIABLE.search(path):
        raise ValueError(
            f"and nothing fills in {variable[0]}: write the path itself, or read the variable in the program"
        )
    if path != "~" and not path.startswith(("~/", f"~{os.sep}")):
        return Path(path)
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError("and this user has no home folder: write the path out") from None
