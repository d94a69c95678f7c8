"""The four credentials that a simulated account accepts, none of which can be a real one."""

from __future__ import annotations

import attrs

PREFIX = "sim-"
"""How every credential of the simulator begins, so that nobody points real ones at it."""


def is_simulated(credential: str) -> bool:
    """Tell whether a credential can only be one of the simulator's."""
    return credential.startswith(PREFIX)


def _check(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not is_simulated(value):
        message = f"the simulator's {attribute.name} does not begin with {PREFIX!r}: never give it a real credential"
        raise ValueError(message)


@attrs.frozen(kw_only=True)
class Credentials:
    """The application's key and secret, and the user's name and password.

    Each begins with `sim-`; what follows may be anything.

    Raises:
        ValueError: One of them does not begin with `sim-`. The message names it and does not show it.
    """

    key: str = attrs.field(default="sim-key", repr=False, validator=_check)
    secret: str = attrs.field(default="sim-secret", repr=False, validator=_check)
    username: str = attrs.field(default="sim-user", repr=False, validator=_check)
    password: str = attrs.field(default="sim-password", repr=False, validator=_check)
