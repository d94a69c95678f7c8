"""Finds docstrings that begin with "Tell" or "Give", and so do not say what is returned or done."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def problems(source: str, path: str) -> list[str]:
    """Return a line for each such docstring of a file."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        word = isinstance(node, _DOCUMENTED) and re.match(r"(Tell|Give)s?\b", ast.get_docstring(node) or "")
        if word:
            lines.append(f'{path}:{node.body[0].lineno}: "{word[0]}" is vague: begin with "Return", "Add" or "Report"')
    return lines


def main(folders: list[str]) -> int:
    """Print a line for each such docstring in some folders, and return the exit code."""
    files = [file for folder in folders for file in sorted(Path(folder).rglob("*.py"))]
    lines = [line for file in files for line in problems(file.read_text(encoding="utf-8"), str(file))]
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
