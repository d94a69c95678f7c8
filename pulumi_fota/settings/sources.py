"""The places that settings come from.

Each knows how to ask for a setting, and what the person who sets it there calls it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import attrs
from pulumi.runtime.config import CONFIG

from pulumi_fota._secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pulumi_fota.settings.connection import Connection


@attrs.frozen
class Source:
    """One place: `get` gives what it holds of a setting (`base_url`), `label` its name there (`fota:baseUrl`)."""

    get: Callable[[str], Any]
    label: Callable[[str], str]
    is_argument: bool = False  #: Whether it comes out of the program, and so may be a secret Output.

    def value_of(self, setting: str) -> Any:
        """Give what it holds, where that is something: an empty text is as good as none."""
        value = self.get(setting)
        text = value.reveal() if isinstance(value, Secret) else value
        return None if text == "" else value


def explicit(connection: Connection) -> Source:
    """Ask what the program passed."""
    label = "Connection({}=…)".format
    return Source(lambda setting: getattr(connection, setting), label, is_argument=True)


def arguments(**given: Any) -> Source:
    """Ask the arguments of a function."""
    return Source(given.get, "{}=".format, is_argument=True)


def program_config() -> Source:
    """Return the stack config of the present run, as the engine handed it to the program.

    Reads the SDK's own record of it. `pulumi.Config` would fall back on the environment variables
    `PULUMI_CONFIG_FOTA_…` and `PULUMI_CONFIG`, so that a variable of a CI system could open every gate.
    """
    return engine_config(CONFIG.get())


def engine_config(config: Mapping[str, Any]) -> Source:
    """Return the stack config that the engine handed over, with full keys such as `fota:baseUrl`."""
    return Source(lambda setting: config.get(config_key(setting)), config_key)


def environment(prefix: str = "FOTA_") -> Source:
    """Ask the environment variables that begin so."""
    return Source(
        lambda setting: os.environ.get(f"{prefix}{setting.upper()}"), lambda setting: f"{prefix}{setting.upper()}"
    )


def connection_config(entry: Mapping[str, Any], name: str) -> Source:
    """Ask one entry of `fota:connections`."""
    return Source(
        lambda setting: entry.get(_camel(setting)), lambda setting: f"fota:connections.{name}.{_camel(setting)}"
    )


def config_key(setting: str) -> str:
    """Tell the config key of a setting: `base_url` is `fota:baseUrl`."""
    return f"fota:{_camel(setting)}"


def _camel(setting: str) -> str:
    head, *tail = setting.split("_")
    return head + "".join(part.title() for part in tail)
