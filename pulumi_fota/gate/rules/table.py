"""The table of rules: the id, the function and the options of each rule, as data.

Whatever writes rules as data takes them from here: gate files and their JSON Schema, the schema of the plugin, the
table in the docs. A test compares the table with the signatures and docstrings of `pulumi_fota.rules`. A function of
the program, a rule or a scheme, cannot be written as data and has no entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from pulumi_fota.gate.rule import ON_UNKNOWN, SEVERITIES
from pulumi_fota.gate.rules.device_fields import active, fota_eligible, licensed, model_in, protocol_in
from pulumi_fota.gate.rules.firmware import allowed_versions, denied_versions, minimum_version, no_upgrade_waiting
from pulumi_fota.gate.rules.freshness import MOST_DAYS, TIMES, fresh_within
from pulumi_fota.protocol import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pulumi_fota.gate.rule import Rule

#: What an option takes: `name` up to 64 letters, digits, dots, dashes and underscores; `limit` a percentage as text or
#: a whole number; `number` a whole number; `versions_or_choice` one of the choices, or versions from oldest to newest;
#: `available_firmware` what `get_available_firmware` returns, which cannot be written as data.
Kind: TypeAlias = Literal[
    "name", "text", "texts", "choice", "choices", "number", "limit", "flag", "versions_or_choice", "available_firmware"
]


@attrs.frozen(kw_only=True)
class Option:
    """A value that a rule takes."""

    name: str  #: As in Python.
    kind: Kind
    meaning: str
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()  #: If there are few values to choose from.
    smallest: int = 0  #: Of a number.
    largest: int | None = None  #: Of a number, if it has a limit.


@attrs.frozen(kw_only=True)
class RuleEntry:
    """A rule of the table."""

    id: str
    function: Callable[..., Rule]
    passes: str  #: When a device passes.
    positional: Option | None = None  #: What Python takes by position; of several texts, after a star.
    options: tuple[Option, ...] = ()  #: The keywords of this rule, without those that every rule takes.

    def make(self, values: Mapping[str, Any]) -> Rule:
        """Return the rule for values by name, such as `{"versions": ["1.2"], "model": "GM01Q"}`.

        Raises:
            InvalidRule: A value is invalid.
        """
        if self.positional is None:
            return self.function(**values)
        named = dict(values)
        value = named.pop(self.positional.name)
        by_position = value if self.positional.kind in {"texts", "choices"} else [value]
        return self.function(*by_position, **named)


#: The keywords of every rule.
COMMON_OPTIONS: tuple[Option, ...] = (
    Option(name="severity", kind="choice", choices=SEVERITIES, default="mandatory", meaning="Stops, or warns."),
    Option(
        name="on_unknown",
        kind="choice",
        choices=ON_UNKNOWN,
        default="fail",
        meaning="How devices without an answer count; with `warn` they do not, and a warning names them.",
    ),
    Option(name="make", kind="text", meaning="The rule is about devices of this make, ignoring case."),
    Option(name="model", kind="text", meaning="The rule is about devices of this model, ignoring case."),
    Option(name="at_least", kind="limit", meaning="The minimum that must pass."),
    Option(name="at_most", kind="limit", meaning="The maximum that may fail."),
    Option(
        name="min_devices",
        kind="number",
        default=0,
        meaning="With fewer devices to count, the whole rule is unknown.",
    ),
    Option(
        name="allow_empty",
        kind="flag",
        default=False,
        meaning="Whether the rule may find no device that it is about.",
    ),
    Option(name="id", kind="name", meaning="The name of the rule in messages, reports and waivers."),
)

RULES: tuple[RuleEntry, ...] = (
    RuleEntry(id="fota-eligible", function=fota_eligible, passes="It can be upgraded over the air."),
    RuleEntry(id="licensed", function=licensed, passes="A monthly licence is assigned to it."),
    RuleEntry(id="active", function=active, passes="Its status is `Active`, ignoring case."),
    RuleEntry(
        id="protocol-in",
        function=protocol_in,
        passes="Its protocol is one of these.",
        positional=Option(
            name="protocols",
            kind="choices",
            choices=PROTOCOLS,
            required=True,
            meaning="The protocols, in any of their spellings.",
        ),
    ),
    RuleEntry(
        id="model-in",
        function=model_in,
        passes="Its model is one of these, ignoring case.",
        positional=Option(name="models", kind="texts", required=True, meaning="The models."),
    ),
    RuleEntry(
        id="allowed-versions",
        function=allowed_versions,
        passes="Its firmware is exactly one of these versions.",
        positional=Option(name="versions", kind="texts", required=True, meaning="The versions that are allowed."),
    ),
    RuleEntry(
        id="denied-versions",
        function=denied_versions,
        passes="Its firmware is none of these versions.",
        positional=Option(name="versions", kind="texts", required=True, meaning="The versions that are denied."),
    ),
    RuleEntry(
        id="minimum-version",
        function=minimum_version,
        passes="Its firmware is this version or a newer one.",
        positional=Option(name="version", kind="text", required=True, meaning="The oldest version that is allowed."),
        options=(
            Option(
                name="scheme",
                kind="versions_or_choice",
                choices=("dotted",),
                required=True,
                meaning="How versions are ordered: `dotted`, or the versions from oldest to newest.",
            ),
        ),
    ),
    RuleEntry(
        id="no-upgrade-waiting",
        function=no_upgrade_waiting,
        passes="The carrier offers no upgrade from its firmware.",
        positional=Option(
            name="available", kind="available_firmware", required=True, meaning="The available firmware."
        ),
    ),
    RuleEntry(
        id="fresh-within",
        function=fresh_within,
        passes="Its last connection, or another of its times, is no older than this.",
        options=(
            Option(
                name="days",
                kind="number",
                smallest=1,
                largest=MOST_DAYS,
                required=True,
                meaning="Days of 24 hours, counted from the read of the devices.",
            ),
            Option(
                name="field",
                kind="choice",
                choices=TIMES,
                default="last_connection_time",
                meaning="The time that must be fresh.",
            ),
        ),
    ),
)
