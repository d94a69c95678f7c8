"""The settings: one table of them, where each may be kept, and what makes it valid.

Knows nothing of HTTP.
"""

from pulumi_fota.settings.connection import Connection
from pulumi_fota.settings.resolve import check_thread, gate_settings, resolve, unknown_keys
from pulumi_fota.settings.settings import SETTINGS, Application, GateSettings, Setting, Settings, User

__all__ = [
    "SETTINGS",
    "Application",
    "Connection",
    "GateSettings",
    "Setting",
    "Settings",
    "User",
    "check_thread",
    "gate_settings",
    "resolve",
    "unknown_keys",
]
