"""Each setting: where it may come from, its default, and what makes it valid.

Explicit argument, then stack config, then environment; in the provider's own process the environment comes
first, because the engine hands a plain `pulumi refresh` the config of the last update. Knows nothing of HTTP.
"""

from pulumi_fota.settings.connection import Connection
from pulumi_fota.settings.gate_settings import GateSettings, gate_settings
from pulumi_fota.settings.settings import Application, Settings, User, resolve

__all__ = ["Application", "Connection", "GateSettings", "Settings", "User", "gate_settings", "resolve"]
