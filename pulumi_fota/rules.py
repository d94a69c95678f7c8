"""The rules of a gate.

Every rule takes the keyword arguments `id`, `severity`, `on_unknown`, `make`, `model`, `at_least`, `at_most`,
`min_devices` and `allow_empty`, which `Rule` explains.
"""

from pulumi_fota.gate.rules.custom import rule
from pulumi_fota.gate.rules.device_fields import active, fota_eligible, licensed, model_in, protocol_in
from pulumi_fota.gate.rules.firmware import allowed_versions, denied_versions, minimum_version, no_upgrade_waiting
from pulumi_fota.gate.rules.freshness import fresh_within

__all__ = [
    "active",
    "allowed_versions",
    "denied_versions",
    "fota_eligible",
    "fresh_within",
    "licensed",
    "minimum_version",
    "model_in",
    "no_upgrade_waiting",
    "protocol_in",
    "rule",
]
