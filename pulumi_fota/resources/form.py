"""What makes stored facts well formed.

The program builds them right; a transform, a policy's remediation or a hand in the state may not. Knows
nothing of HTTP or Pulumi's resources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.runtime.rpc import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def problems(facts: Mapping[str, Any]) -> Iterator[str]:
    """Say of each property that is missing, unknown or of another shape what is wrong. Names no value."""
    for key, shape in _SHAPES.items():
        if key not in facts:
            yield f"`{key}` is missing: take out the transform or policy that removes it"
        elif facts[key] != UNKNOWN and not _fits(facts[key], shape):
            yield f"`{key}` is not of the shape that DeviceSnapshot gives it: take out what changes it on its way"
    for key in facts.keys() - _SHAPES.keys():
        yield f"`{key}` is no property of a DeviceSnapshot: take out what adds it on its way"


def _fits(value: Any, shape: Any) -> bool:
    if not isinstance(shape, dict):
        return isinstance(value, shape)
    (inner,) = shape.values()
    return isinstance(value, dict) and all(_fits(each, inner) for each in value.values())
