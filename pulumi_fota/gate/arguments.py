"""Checks of the arguments that gates, rules and waivers take.

Owns the words about an argument that is invalid. Knows nothing of gates, rules or devices.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pulumi_fota.errors import InvalidRule, described

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_text(what: str, value: Any, *, one_of_many: bool = False) -> str:
    """Check that an argument is text and not blank.

    Args:
        what: The name of the argument, or of the function that takes it.
        value: The argument.
        one_of_many: Whether it is one of several values of a call, so that a list may lack its star.

    Raises:
        InvalidRule: It is not text, or blank.
    """
    if not isinstance(value, str):
        raise InvalidRule.not_text(what, value, one_of_many=one_of_many)
    if not value.strip():
        raise InvalidRule(f"{what} was given an empty text: leave it out, or write what is meant")
    return value


def check_texts(what: str, values: Sequence[Any]) -> tuple[str, ...]:
    """Check the texts that a rule was called with.

    Raises:
        InvalidRule: There are none, or one is not text.
    """
    if not values:
        raise InvalidRule(f"{what} was called without a value: name at least one, or leave the rule out")
    return tuple(check_text(what, value, one_of_many=True) for value in values)


def check_name(what: str, value: Any) -> None:
    """Check that an argument can name a gate or a rule in reports and file names.

    Raises:
        InvalidRule: It cannot.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise InvalidRule(
            f"{what} is {described(value)}: "
            "use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
        )


def check_flag(what: str, value: Any) -> None:
    """Check that an argument is a boolean: the text `false` of a config would count as true.

    Raises:
        InvalidRule: It is not.
    """
    if not isinstance(value, bool):
        raise InvalidRule(
            f"{what} is {described(value)}: pass True or False (from config: `config.get_bool(…) or False`)"
        )


def check_count(what: str, value: Any) -> None:
    """Check that an argument is a number of devices.

    Raises:
        InvalidRule: It is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidRule(f"{what} is {described(value)}: use a whole number of devices")


def check_choice(what: str, value: Any, choices: Sequence[str]) -> None:
    """Check that an argument is one of a few words.

    Raises:
        InvalidRule: It is not.
    """
    if value not in choices:
        raise InvalidRule(f"{what} is {described(value)}: use one of {', '.join(choices)}")
