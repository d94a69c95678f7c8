"""What the stack says of all its gates."""

from __future__ import annotations

from typing import Any

import attrs

from pulumi_fota.errors import InvalidSetting
from pulumi_fota.settings import checks, sources
from pulumi_fota.settings.search import first_valid


@attrs.frozen(kw_only=True)
class GateSettings:
    """Settings that every gate of the program obeys."""

    advisory: bool = False  #: `fota:gate: advisory` rehearses every gate without stopping.
    report_dir: str | None = None  #: `fota:reportDir`: where reports go, relative to the program's folder.
    mask_imeis: bool = False  #: `fota:maskImeis`: whether reports hide the middle of an IMEI.


def gate_settings() -> GateSettings:
    """Find and check what the stack says of its gates.

    Raises:
        InvalidSetting: One or more cannot be used; the message names all of them.
    """
    config = sources.program_config()
    environment = sources.environment()
    anywhere = [config, environment]
    problems: list[str] = []
    if environment.value_of("gate") is not None:
        problems.append(InvalidSetting.only_in_config(environment.label("gate"), config.label("gate")))
    values: dict[str, Any] = {
        # No environment here, on purpose: what lets a deployment through stands in the stack's own config.
        "advisory": first_valid("gate", [config], checks.gate_mode, problems) == "advisory",
        "report_dir": first_valid("report_dir", anywhere, checks.text, problems),
        "mask_imeis": first_valid("mask_imeis", anywhere, checks.boolean, problems) or False,
    }
    if problems:
        raise InvalidSetting.found(problems)
    return GateSettings(**values)
