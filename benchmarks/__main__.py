"""Run every benchmark, print the table, and keep it in docs/benchmarks.md."""

from __future__ import annotations

import importlib
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.row import Row

PARTS = ("client", "functions", "gate", "snapshot")
TABLE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

What `make bench` measured last, on {machine}. A ratio compares two things measured in the same run, so that it
means the same on another machine; the last column says whether it keeps to its bound.

| what | measured | must be | holds |
| --- | --- | --- | --- |
"""


def main() -> int:
    """Measure the parts named on the command line, or all; 1 where a bound does not hold."""
    parts = sys.argv[1:] or PARTS
    rows: list[Row] = []
    for part in parts:
        for row in importlib.import_module(f"benchmarks.{part}").rows():
            print(row, flush=True)
            rows.append(row)
    if not sys.argv[1:]:
        machine = f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}"
        TABLE.write_text(HEAD.format(machine=machine) + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
