"""What a document shows of a terminal, against what was printed."""

from __future__ import annotations

import re

ELLIPSES = {"…", "..."}  # A line that stands for lines left out.
_OF_OUR_ENGINE = "from $PATH at "  # It is told once where a plugin stands that the tests' engine brings along.
_DIFFERS = {  # From run to run.
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"): "ID",
    re.compile(r"\b[0-9a-f]{64}\b"): "DIGEST",
    re.compile(r"\b[0-9]+(?:\.[0-9]+)? ?s\b"): "SECONDS",
}


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command of a console, with what is shown of its output."""
    first, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not first, "a console begins with a command"
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def not_printed(shown: str, printed: str) -> list[str]:
    """Return lines that are shown in one piece and were not printed so; none if all were.

    A line of an ellipsis parts two pieces, which may change places: an update prints as things happen. Blanks, empty
    lines and the dots of progress do not count, nor do times, digests and ids.
    """
    lines = _lines(printed)
    for part in _parts(_lines(shown)):
        places = range(len(lines) - len(part) + 1)
        if not any(lines[place : place + len(part)] == part for place in places):
            return part
    return []


def _lines(text: str) -> list[str]:
    for differs, instead in _DIFFERS.items():
        text = differs.sub(instead, text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("@ ") and _OF_OUR_ENGINE not in line]


def _parts(lines: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line in ELLIPSES:
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if part]
