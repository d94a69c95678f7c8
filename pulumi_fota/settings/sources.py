"""The places where settings are kept, and the search through them.

A place knows how to look a setting up, and what the person who keeps it there calls it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import attrs
import pulumi
from pulumi.runtime.config import CONFIG

from pulumi_fota._secret import Secret
from pulumi_fota.settings import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pulumi_fota.settings.settings import Setting


@attrs.frozen
class Source:
    """One place.

    Attributes:
        get: Returns the value that is kept there, or `None`.
        label: Returns what a setting is called there, such as `fota:baseUrl`.
        is_argument: Whether the program passes the value, which may then be a secret Output.
        names: Returns the names of all that is kept there and is not empty, settings or not.
    """

    get: Callable[[Setting], Any]
    label: Callable[[Setting], str]
    is_argument: bool = False
    names: Callable[[], Sequence[str]] = tuple

    def value_of(self, setting: Setting) -> Any:
        """Return the value that is kept there, or `None`. In config and environment, an empty text is not set."""
        value = self.get(setting)
        return None if value == "" and not self.is_argument else value


def arguments(given: Mapping[str, Any], label: str = "{}=") -> Source:
    """Return the arguments of a function as a place."""
    return Source(lambda setting: given.get(setting.name), lambda setting: label.format(setting.name), is_argument=True)


def program_config() -> Source:
    """Return the stack config of the present run, as the engine handed it to the program.

    Reads the SDK's own record of it. `pulumi.Config` would fall back on the environment variables
    `PULUMI_CONFIG_FOTA_…` and `PULUMI_CONFIG`, so that a variable of a CI system could open every gate.
    """
    return engine_config(CONFIG.get())


def engine_config(config: Mapping[str, Any]) -> Source:
    """Return stack config, with full keys such as `fota:baseUrl`, as a place."""
    return Source(
        lambda setting: config.get(f"fota:{setting.key}"),
        lambda setting: f"fota:{setting.key}",
        names=lambda: [key for key, value in config.items() if key.startswith("fota:") and value != ""],
    )


def environment(prefix: str = "FOTA_") -> Source:
    """Return the environment variables that begin with a prefix as a place."""
    return Source(
        lambda setting: os.environ.get(f"{prefix}{setting.variable}") if setting.in_environment else None,
        lambda setting: f"{prefix}{setting.variable}",
        names=lambda: [name for name in os.environ if name[:4].upper() == "FOTA" and os.environ[name]],
    )


def connection_entry(entry: Mapping[str, Any], name: str) -> Source:
    """Return one entry of `fota:connections` as a place."""
    return Source(
        lambda setting: entry.get(setting.key),
        lambda setting: f"fota:connections.{name}.{setting.key}",
        names=lambda: list(entry),
    )


@attrs.frozen
class Search:
    """Looks settings up in places, and collects what is wrong with them.

    Attributes:
        secret: Whether arguments are secret. Then `problems` does not say what is wrong with one, which would name it.
        problems: A line for each setting that is missing or invalid.
        origins: By the name of each setting that was found, what the place is called where it was found.
    """

    secret: bool = False
    problems: list[str] = attrs.field(factory=list)
    origins: dict[str, str] = attrs.field(factory=dict)

    def find(self, setting: Setting, sources: Sequence[Source]) -> Any:
        """Return the checked value from the first place that has one, or `None`."""
        for source in sources:
            value = source.value_of(setting)
            if value is not None:
                return self._checked(setting, value, source)
        return None

    def _checked(self, setting: Setting, value: Any, source: Source) -> Any:
        label = source.label(setting)
        self.origins[setting.name] = label
        if isinstance(value, pulumi.Output):  # Only a `Connection` can hold one.
            self.problems.append(
                f"{label} is an Output, whose value is not known yet: make the Connection inside .apply, "
                "and pass the Output[Connection] to the function that ends in _output"
            )
            return None
        text = value.reveal() if isinstance(value, Secret) else value
        if text == "":  # A program passes on a variable of its own environment that is not set.
            self.problems.append(f"{label} is empty: pass a value, or None to use stack config and environment")
            return None
        if not source.is_argument and checks.is_placeholder(value):
            out = f"; text that looks like one can be passed as Connection({setting.name}=…)"
            self.problems.append(
                f"{label} is a placeholder such as ${{NAME}} that nothing has replaced: set the value itself"
                f"{out if setting.in_connection else ''}"
            )
            return None
        try:
            return setting.check(value)
        except ValueError as reason:
            told = "is invalid" if self.secret and source.is_argument else str(reason)
            around = checks.margin(value)
            if around and not (self.secret and source.is_argument):
                told += f" (there are {around} around it: remove them)"
            self.problems.append(f"{label} {told}")
            return None
