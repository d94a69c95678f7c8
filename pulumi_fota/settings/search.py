"""Looking for one setting, or for a group of credentials, from place to place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pulumi

from pulumi_fota.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_fota.settings.checks import Check
    from pulumi_fota.settings.sources import Source


@attrs.frozen(kw_only=True)
class SearchOrder:
    """Where a connection's settings may stand, first come first."""

    own: Sequence[Source]  #: Those that may hold its account and credentials.
    shared: Sequence[Source]  #: Those that all other settings fall back on.
    config: Source  #: The one of its own that is stack config, and
    environment: Source  #: the one that is the environment, to be named where something is missing.

    def missing(self, *settings: str, stand_in: str | None = None) -> str:
        """Say what is missing, and what to type."""
        return InvalidSetting.missing(
            [self.config.label(setting) for setting in settings],
            stand_in=self.config.label(stand_in) if stand_in else None,
            variables=[self.environment.label(setting) for setting in settings],
        )


@attrs.frozen(kw_only=True)
class CredentialGroup:
    """A group of credentials: two that belong together, or the token that stands in for them."""

    first: str
    second: str
    token: str
    checks: dict[str, Check]

    def find(self, order: SearchOrder, problems: list[str], *, secret: bool = False) -> dict[str, Any]:
        """Take the group whole from the first place that names any of it, so that two logins never mix."""
        for source in order.own:
            given = [name for name in self.checks if source.value_of(name) is not None]
            if given:
                self._find_gap(source, given, problems)
                return {name: first_valid(name, [source], self.checks[name], problems, secret=secret) for name in given}
        problems.append(order.missing(self.first, self.second, stand_in=self.token))
        return {}

    def _find_gap(self, source: Source, given: list[str], problems: list[str]) -> None:
        for there, absent in ((self.first, self.second), (self.second, self.first)):
            if there in given and absent not in given and self.token not in given:
                problems.append(InvalidSetting.half_a_group(source.label(there), source.label(absent)))


def first_valid(
    setting: str, sources: Sequence[Source], check: Check, problems: list[str], *, secret: bool = False
) -> Any:
    """Return the setting from the first place that names it, or `None`; what is wrong with it goes to `problems`.

    Args:
        setting: The setting.
        sources: Where to look, first come first.
        check: What makes it valid.
        problems: Where to add what is wrong with it.
        secret: Whether arguments are secret: then it is not said what is wrong with one, since that names its value.
    """
    for source in sources:
        value = source.value_of(setting)
        if isinstance(value, pulumi.Output):  # Only a `Connection` can hold one.
            problems.append(InvalidSetting.output(source.label(setting)))
            return None
        if value is not None:
            try:
                return check(value)
            except ValueError as reason:
                why = "cannot be used" if secret and source.is_argument else reason
                problems.append(f"{source.label(setting)} {why}")
                return None
    return None
