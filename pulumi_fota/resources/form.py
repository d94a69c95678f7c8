"""What makes stored facts well formed.

The program builds them right; a transform, a policy's remediation or a hand in the state may not. Knows
nothing of HTTP or Pulumi's resources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = {str: str}
_WORDS = {str: (str, int, float)}  # A word for each IMEI, or a number for each word.
_SHAPES: dict[str, Any] = {
    "account": str,
    "protocol": str,
    "connection": str,
    "scope": str,
    "record": str,
    "pinned": bool,
    "firmware": _TEXTS,
    "imeis": _TEXTS,
    "ineligible": _WORDS,
    "unlicensed": _WORDS,
    "inactive": _WORDS,
    "missing": _WORDS,
    "count": (int, float),  # Pulumi carries every number as a float.
    "cohorts": {str: {str: {str: (int, float)}}},
    "digest": str,
}


def problems(facts: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with each property that is missing, of another shape, or not ours. Names no value."""
    return [
        *(f"`{key}` is missing" for key in _SHAPES if key not in facts),
        *(f"`{key}` is not as a snapshot stores it" for key, value in facts.items() if not _fits(key, value)),
        *(f"`{key}` is no property of a snapshot" for key in facts if key not in _SHAPES),
    ]


def is_known(facts: Mapping[str, Any]) -> bool:
    """Tell whether every property has its value already; in a preview it may not."""
    return not any(isinstance(value, Unknown) for value in facts.values())


def _fits(key: str, value: Any) -> bool:
    return key not in _SHAPES or _is_of(_SHAPES[key], value)


def _is_of(shape: Any, value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    if not isinstance(shape, dict):
        return isinstance(value, shape)
    (inner,) = shape.values()
    return isinstance(value, dict) and all(_is_of(inner, each) for each in value.values())
