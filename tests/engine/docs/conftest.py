"""Each block of the documents is a case of its own."""

from __future__ import annotations

from documents import blocks


def pytest_generate_tests(metafunc):
    """Hand each block to the test that asks for one."""
    if "block" in metafunc.fixturenames:
        metafunc.parametrize("block", blocks(), ids=lambda block: block.id)
