"""Messages about a name that does not exist, with the name that was probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def unknown_name(what: str, name: str, names: Iterable[str]) -> str:
    """Return a message such as `unknown field 'makke'; did you mean 'make'?`, or one that lists all names.

    Names are compared without case, `_` and `-`.

    Args:
        what: What the name should be the name of.
        name: The unknown name.
        names: All names that exist.
    """
    all_names = list(names)
    by_letters = {_letters(known): known for known in all_names}
    near = difflib.get_close_matches(_letters(name), by_letters, n=1)
    if near:
        return f"unknown {what} {name!r}; did you mean {by_letters[near[0]]!r}?"
    return f"unknown {what} {name!r}; use one of {', '.join(all_names)}"


def _letters(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
