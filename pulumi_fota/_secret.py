"""Text that must not be seen.

Imports nothing of ours.
"""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """A credential. Prints as `***`, compares only with its kind, and cannot be pickled or copied into state."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Called where a request is made of it, or where it is taken out of an error."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")
