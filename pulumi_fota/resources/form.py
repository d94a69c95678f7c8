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
_NUMBER = (int, float)  # Pulumi carries every number as a float.
_NUMBERS = {str: _NUMBER}
_SHAPES: dict[str, Any] = {
    "account": str,
    "protocol": str,
    "connection": str,
    "scope": str,
    "record": str,
    "pinned": bool,
    "firmware": _TEXTS,
    "imeis": _TEXTS,
    "ineligible": _TEXTS,
    "unlicensed": _TEXTS,
    "inactive": _TEXTS,
    "missing": _TEXTS,
    "count": _NUMBER,
    "cohorts": {str: {str: _NUMBERS}},
    "digest": str,
}
#: A number for each word, where no row is stored.
_SHAPES_OF_COHORTS = {**_SHAPES, **dict.fromkeys(("ineligible", "unlicensed", "inactive", "missing"), _NUMBERS)}


def problems(facts: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with each property that is missing, of another shape, or not ours. Names no value."""
    shapes = _SHAPES_OF_COHORTS if facts.get("record") == "cohorts" else _SHAPES
    return [
        *(f"`{key}` is missing" for key in shapes if key not in facts),
        *(
            f"`{key}` is not as a snapshot stores it"
            for key, value in facts.items()
            if key in shapes and not _is_of(shapes[key], value)
        ),
        *(f"`{key}` is no property of a snapshot" for key in facts if key not in shapes),
    ]


def is_known(facts: Mapping[str, Any]) -> bool:
    """Tell whether every property has its value already; in a preview it may not."""
    return not any(isinstance(value, Unknown) for value in facts.values())


def _is_of(shape: Any, value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    if not isinstance(shape, dict):
        return isinstance(value, shape)
    (inner,) = shape.values()
    return isinstance(value, dict) and all(_is_of(inner, each) for each in value.values())
