"""Names in stack config and environment that somebody meant as a setting, but that are not one.

Knows nothing of values.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pulumi_fota._text import safe
from pulumi_fota.settings import checks
from pulumi_fota.settings.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pulumi_fota.settings.settings import Setting

_KEYS = {f"fota:{setting.key}" for setting in SETTINGS.values()}
_OF_CONNECTIONS = {setting.key: setting for setting in SETTINGS.values() if setting.in_connection}
_VARIABLES = {f"FOTA_{setting.variable}" for setting in SETTINGS.values() if setting.in_environment}
_CONNECTION_VARIABLE = re.compile(
    f"FOTA_CONNECTION_[A-Z][A-Z0-9_]*_({'|'.join(setting.variable for setting in _OF_CONNECTIONS.values())})"
)
_LIKE_VARIABLE = re.compile(r"fota[_-](.+)", re.IGNORECASE | re.DOTALL)
_LIKE_CONNECTION_VARIABLE = re.compile(r"fota[_-]([a-z]+)[_-](.+)", re.IGNORECASE | re.DOTALL)

#: Other words for a setting, by their letters.
_SYNONYMS = {
    **dict.fromkeys(("url", "endpoint", "host", "server", "apiurl"), "base_url"),
    **dict.fromkeys(("user", "login"), "username"),
    "pass": "password",
    **dict.fromkeys(("token", "bearer"), "access_token"),
    **dict.fromkeys(("clientid", "apikey"), "key"),
    **dict.fromkeys(("clientsecret", "apisecret"), "secret"),
}
#: The number of letters that may be off in a setting's name of at least so many letters.
_LETTERS_OFF = {8: 2, 5: 1, 0: 0}

_ONLY_IN_CONFIG = {
    "FOTA_GATE": (
        "FOTA_GATE is set in the environment, where no gate is opened or closed: unset it, and use "
        "`pulumi config set fota:gate`, so that the choice is kept in the stack's config and can be reviewed"
    ),
    "FOTA_CONNECTIONS": (
        "FOTA_CONNECTIONS is set in the environment, where each setting of a connection has a variable of its own: "
        "use FOTA_CONNECTION_<NAME>_ACCOUNT and so on, or fota:connections in stack config"
    ),
}


def misnamed_keys(keys: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with each key of stack config in our namespace that is close to a setting, but is not one."""
    for key in keys:
        if key.startswith("fota:connections."):
            yield f"{safe(key)} was set without --path: remove it, and use `pulumi config set --path {safe(key)}`"
        elif key not in _KEYS and (near := _nearest(key.removeprefix("fota:"))):
            yield (
                f"{safe(key)} is not a setting, but fota:{near.key} is: rename the key; if it is the program's own, "
                "move it to a namespace other than fota"
            )


def unknown_keys(keys: Iterable[str]) -> list[str]:
    """Return the keys of stack config in our namespace that are neither settings nor close to one."""
    return sorted(key for key in keys if key not in _KEYS and not any(misnamed_keys([key])))


def misnamed_entries(connections: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield what is wrong with each name in `fota:connections`: of a connection, or of a setting of one."""
    for name, keys in connections.items():
        try:
            checks.connection_name(name)
        except ValueError as reason:
            yield f"the name of a connection in fota:connections is {reason}"
        for key in keys:
            if key not in _OF_CONNECTIONS:
                label = f"fota:connections.{safe(name)}.{safe(key)} is not a setting of a connection"
                near = _nearest(key)
                if near is None:
                    yield f"{label}: use {', '.join(_OF_CONNECTIONS)}"
                elif near.in_connection:
                    yield f"{label}, but {near.key} is: rename the key"
                else:
                    yield f"{label}: fota:{near.key} is one of the whole stack"


def misnamed_variables(variables: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with each environment variable that is close to a setting, but is not one.

    Other variables are left alone: Kubernetes gives each pod some for each service, such as `FOTA_SERVICE_HOST`.
    """
    for name in variables:
        if name in _ONLY_IN_CONFIG:
            yield _ONLY_IN_CONFIG[name]
        elif name not in _VARIABLES and not _CONNECTION_VARIABLE.fullmatch(name) and (right := _right_variable(name)):
            yield (
                f"{safe(name)} is not a setting, but {right} is: rename the variable; if another program reads it, "
                "unset it here"
            )


def _right_variable(name: str) -> str | None:
    """Return the variable that was meant, or the key if the setting can only be kept in stack config."""
    like = _LIKE_VARIABLE.fullmatch(name)
    near = _nearest(like[1]) if like else None
    if near:
        return f"FOTA_{near.variable}" if near.in_environment else f"fota:{near.key} in stack config"
    like = _LIKE_CONNECTION_VARIABLE.fullmatch(name)
    # Kubernetes names the host of a service like a synonym of `base_url`.
    if like is None or _distance(like[1].lower(), "connection") > _LETTERS_OFF[8] or name.endswith("_SERVICE_HOST"):
        return None
    words = re.split("[_-]", like[2])
    found = [
        (distance, start, setting)
        for start in range(len(words))
        for distance, setting in _near("_".join(words[start:]))
    ]
    if not found:
        return None
    _, start, setting = min(found, key=lambda item: item[:2])
    if not setting.in_connection:
        return f"FOTA_{setting.variable}" if setting.in_environment else f"fota:{setting.key} in stack config"
    connection = "_".join(words[:start]).upper() or "<NAME>"
    right = f"FOTA_CONNECTION_{safe(connection)}_{setting.variable}"
    return None if right == name else right


def _nearest(name: str) -> Setting | None:
    near = _near(name)
    return min(near, key=lambda item: item[0])[1] if near else None


@lru_cache(maxsize=1024)
def _near(name: str) -> list[tuple[int, Setting]]:
    """Return the settings that a name is close to, each with the number of letters that are off."""
    letters = _letters(name)
    if letters in _SYNONYMS:
        return [(0, SETTINGS[_SYNONYMS[letters]])]
    near = []
    for setting in SETTINGS.values():
        right = _letters(setting.name)
        distance = _distance(letters, right)
        if distance <= next(off for least, off in _LETTERS_OFF.items() if len(right) >= least):
            near.append((distance, setting))
    return near


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _distance(one: str, other: str) -> int:
    """Count the letters to add, remove, replace or swap with the next one, to make one word of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, right in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != right))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
