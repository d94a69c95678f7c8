"""The fenced blocks of the documents, each with the comment before it that says how it is kept true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(
    r"^(?:<!-- (?P<kept>[^\n]*?) -->\n)?```(?P<language>\w+)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NOT_RUN = {"text", "console", "diff", "xml", "markdown"}  # What a person reads: real output, put there by hand.


class Block(NamedTuple):
    """A fenced block."""

    document: str
    line: int
    kept: str  #: How it is kept true: `from: FILE`, `program`, `stopped`, `pytest`, `shell`, or nothing.
    language: str
    text: str

    @property
    def id(self) -> str:
        """Where it stands."""
        return f"{self.document}:{self.line}"


def blocks() -> list[Block]:
    """Give every block of every document that is more than text to read."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            name = str(document.relative_to(ROOT))
            found.append(Block(name, line, match["kept"] or "", match["language"], match["text"]))
    return [block for block in found if block.language not in NOT_RUN]
