"""Every fault of the matrix is proven by a test."""

from __future__ import annotations

import re
from pathlib import Path

from support.fault_matrix import FAULTS

TESTS = Path(__file__).resolve().parents[1]


def test_every_fault_has_a_test():
    """
    Each number of the matrix stands in a mark of some test, and no mark names a number that is none.
    """
    marked = {
        int(number)
        for path in TESTS.rglob("test_*.py")
        for number in re.findall(r"pytest\.mark\.row\((\d+)\)", path.read_text())
    }

    assert marked == set(FAULTS) == set(range(1, 69))
