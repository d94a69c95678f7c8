"""The fenced blocks of the documents, each with the comment before it that says how it is kept true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(
    r"^(?:<!-- (?P<kept>[^\n]*?) -->\n)?```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """A fenced block."""

    document: str
    line: int
    kept: str  #: How it is kept true, as `tests/engine/docs/test_docs.py` knows it, or nothing.
    text: str
    program: str  #: The last program that the document shows before it.

    @property
    def id(self) -> str:
        """Where it stands."""
        return f"{self.document}:{self.line}"


def blocks() -> list[Block]:
    """Return every block of every document."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        program = ""
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            kept = match["kept"] or ""
            found.append(Block(str(document.relative_to(ROOT)), line, kept, match["text"], program))
            program = match["text"] if kept in {"program", "stopped"} else program
    return found
