"""What makes an output that is shown in a document untrue."""

from __future__ import annotations

import pytest

from support.transcript import commands, not_printed

PRINTED = """\
Updating (dev):
@ updating....

 ~  meters update (0.01s)
Diagnostics:
  meters: 1 of 3 devices lost its licence

Duration: 3s
"""


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Diagnostics:\n  meters: 1 of 3 devices lost its licence\n",
        "Updating (dev):\n ~  meters update (12s)\n",
        "…\nDiagnostics:\n…\nDuration: 1s\n",
        "Duration: 1s\n…\nUpdating (dev):\n",
    ],
)
def test_what_was_printed_is_true(shown: str):
    """
    In pieces, with other times, in other blanks.
    """
    assert not_printed(shown, PRINTED) == []


@pytest.mark.parametrize(
    ("shown", "untrue"),
    [
        ("Diagnostics:\n  meters: 2 of 3 devices lost its licence\n", "meters: 2 of 3 devices lost its licence"),
        ("Updating (dev):\nDiagnostics:\n", "Diagnostics:"),
        ("Diagnostics:\nUpdating (dev):\n", "Updating (dev):"),
        ("…\nDuration: 1 min\n", "Duration: 1 min"),
    ],
)
def test_what_was_not_printed_so_is_told(shown: str, untrue: str):
    """
    Another number, a gap without an ellipsis, another order.
    """
    assert not_printed(shown, PRINTED)[-1] == untrue


def test_a_console_is_taken_apart():
    """
    Each command has the lines below it, or none.
    """
    assert commands("$ pulumi up\nUpdating\n  a $ b\n$ true\n") == [("pulumi up", "Updating\n  a $ b\n"), ("true", "")]
