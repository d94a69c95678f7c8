"""The check of how docstrings begin."""

from __future__ import annotations

import docstrings
import pytest


@pytest.mark.parametrize("text", ["Give the time.", "Tell whether it is.", "\n    Tells the time.\n    "])
@pytest.mark.parametrize("above", ["", "def one():\n    ", "async def one():\n    ", "class One:\n    "])
def test_a_docstring_that_begins_with_tell_or_give_is_found(above: str, text: str):
    """
    With file and line, in a module, a class and a function.
    """
    (line,) = docstrings.problems(f'{above}"""{text}"""\n', "one.py")

    place = f"one.py:{1 + above.count(chr(10))}: "
    assert line == f'{place}"{text.split(maxsplit=1)[0]}" is vague: begin with "Return", "Add" or "Report"'


@pytest.mark.parametrize("text", ["Return what others give.", "Telling is not Tell.", "Given a time, return it.", ""])
def test_other_docstrings_are_left_alone(text: str):
    """
    Only the first word counts.
    """
    assert docstrings.problems(f'def one():\n    """{text}"""\n', "one.py") == []
