"""Everything that a read needs, found and checked.

Knows where each setting may come from. Knows nothing of HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pulumi

from pulumi_fota.errors import InvalidArgument, InvalidSetting
from pulumi_fota.settings import source, values
from pulumi_fota.settings.connection import Connection
from pulumi_fota.settings.search import Credentials, Places, first_valid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota.secret import Secret
    from pulumi_fota.settings.source import Source


@attrs.frozen(kw_only=True)
class Application:
    """The application's credentials: key and secret, a bearer token, or both."""

    key: Secret | None = None
    secret: Secret | None = None
    access_token: Secret | None = None


@attrs.frozen(kw_only=True)
class User:
    """The UWS user's credentials: name and password, the token of a session, or both."""

    username: str | None = None
    password: Secret | None = None
    session_token: Secret | None = None


@attrs.frozen(kw_only=True)
class Settings:
    """The settings of a read, checked."""

    account: str
    application: Application
    user: User
    base_url: str = "https://thingspace.verizon.com"
    protocol: str | None = None
    concurrency: int = 4
    batch_size: int = 1000
    timeout: float = 30.0
    deadline: float = 300.0
    ca_bundle: str | None = None
    connection: str | None = None  #: The name of the connection, if it has one.
    refreshable: bool = True  #: False for a `Connection` without a name: a refresh could not find it.


_APPLICATION = Credentials(
    first="key",
    second="secret",
    token="access_token",  # noqa: S106 (the setting's name)
    checks={"key": values.key, "secret": values.secret, "access_token": values.token},
)
_USER = Credentials(
    first="username",
    second="password",
    token="session_token",  # noqa: S106 (the setting's name)
    checks={"username": values.text, "password": values.secret, "session_token": values.token},
)
_OTHERS: dict[str, values.Check] = {
    "base_url": values.base_url,
    "protocol": values.protocol,
    "concurrency": values.count(1, 64),
    "batch_size": values.count(1, 1000),
    "timeout": values.seconds(300),
    "deadline": values.seconds(1800),
    "ca_bundle": values.text,
}


def resolve(
    connection: Connection | None = None,
    *,
    account: str | None = None,
    protocol: str | None = None,
    provider_config: Mapping[str, Any] | None = None,
) -> Settings:
    """Find and check every setting of a read.

    Args:
        connection: Explicit settings, or the name of some.
        account: The account; goes before all else.
        protocol: The protocol filter; goes before all else.
        provider_config: In the provider's process, the config that the engine handed to `configure`.

    Raises:
        InvalidArgument: The connection is none, or one of them is an Output.
        InvalidSetting: One or more are missing or cannot be used; the message names all of them.
    """
    for what, value in (("account", account), ("protocol", protocol), ("connection", connection)):
        if isinstance(value, pulumi.Output):
            raise InvalidArgument.output_in_plain_call(f"{what}=")
    if connection is not None and not isinstance(connection, Connection):
        raise InvalidArgument.no_connection(type(connection).__name__)
    name = connection.name if connection else None
    problems: list[str] = []
    places = _places(connection, name, provider_config, problems)
    passed = source.arguments(account=account, protocol=protocol)
    found: dict[str, Any] = {}
    if all(place.named("account") is None for place in [passed, *places.own]):
        problems.append(places.missing("account"))
    found["account"] = first_valid("account", [passed, *places.own], values.account, problems)
    for setting, check in _OTHERS.items():
        found[setting] = first_valid(setting, [passed, *places.own, *places.shared], check, problems)
    application = Application(**_APPLICATION.find(places, problems))
    user = User(**_USER.find(places, problems))
    if problems:
        raise InvalidSetting.found(problems, connection=name)
    return Settings(
        **{setting: value for setting, value in found.items() if value is not None},
        application=application,
        user=user,
        connection=name,
        refreshable=connection is None or name is not None,
    )


def _places(
    connection: Connection | None, name: str | None, provider_config: Mapping[str, Any] | None, problems: list[str]
) -> Places:
    """Tell where to look, in which order.

    A named connection brings its account and credentials itself, so that no account is ever
    asked with the login of another; only the other settings fall back on the stack's.
    """
    config = source.program_config() if provider_config is None else source.engine_config(provider_config)
    environment = source.environment()
    shared = _ordered(config, environment, provider_config)
    if name is None:
        explicit = [source.explicit(connection)] if connection else []
        return Places(own=[*explicit, *shared], shared=[], config=config, environment=environment)
    entries = first_valid("connections", [config], values.connections, problems) or {}
    config = source.connection_config(entries.get(name, {}), name)
    environment = source.environment(f"FOTA_CONNECTION_{name.upper()}_")
    own = _ordered(config, environment, provider_config)
    return Places(own=own, shared=shared, config=config, environment=environment)


def _ordered(config: Source, environment: Source, provider_config: Mapping[str, Any] | None) -> list[Source]:
    return [config, environment] if provider_config is None else [environment, config]
