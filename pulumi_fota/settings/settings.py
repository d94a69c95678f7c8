"""Everything that a read needs, found and checked.

Knows where each setting may come from. Knows nothing of HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pulumi

from pulumi_fota.errors import InvalidArgument, InvalidSetting
from pulumi_fota.settings import checks, sources
from pulumi_fota.settings.connection import Connection
from pulumi_fota.settings.search import CredentialGroup, SearchOrder, first_valid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota._secret import Secret
    from pulumi_fota.settings.sources import Source


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


_APPLICATION = CredentialGroup(
    first="key",
    second="secret",
    token="access_token",  # noqa: S106 (the setting's name)
    checks={"key": checks.key, "secret": checks.secret, "access_token": checks.token},
)
_USER = CredentialGroup(
    first="username",
    second="password",
    token="session_token",  # noqa: S106 (the setting's name)
    checks={"username": checks.text, "password": checks.secret, "session_token": checks.token},
)
_OTHERS: dict[str, checks.Check] = {
    "base_url": checks.base_url,
    "protocol": checks.protocol,
    "concurrency": checks.count(1, 64),
    "batch_size": checks.count(1, 1000),
    "timeout": checks.seconds(300),
    "deadline": checks.seconds(1800),
    "ca_bundle": checks.text,
}


def resolve(
    connection: Connection | None = None,
    *,
    account: str | None = None,
    protocol: str | None = None,
    provider_config: Mapping[str, Any] | None = None,
    secret: bool = False,
) -> Settings:
    """Find and check every setting of a read.

    Args:
        connection: Explicit settings, or the name of some.
        account: The account; goes before all else.
        protocol: The protocol filter; goes before all else.
        provider_config: In the provider's process, the config that the engine handed to `configure`.
        secret: Whether the arguments are secret: then an error does not say what is wrong with one of them.

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
    order = _search_order(connection, name, provider_config, problems)
    passed = sources.arguments(account=account, protocol=protocol)
    values: dict[str, Any] = {}
    if all(source.value_of("account") is None for source in [passed, *order.own]):
        problems.append(order.missing("account"))
    values["account"] = first_valid("account", [passed, *order.own], checks.account, problems, secret=secret)
    for setting, check in _OTHERS.items():
        values[setting] = first_valid(setting, [passed, *order.own, *order.shared], check, problems, secret=secret)
    application = Application(**_APPLICATION.find(order, problems, secret=secret))
    user = User(**_USER.find(order, problems, secret=secret))
    if problems:
        raise InvalidSetting.found(problems, connection=name)
    return Settings(
        **{setting: value for setting, value in values.items() if value is not None},
        application=application,
        user=user,
        connection=name,
        refreshable=connection is None or name is not None,
    )


def _search_order(
    connection: Connection | None, name: str | None, provider_config: Mapping[str, Any] | None, problems: list[str]
) -> SearchOrder:
    """Tell where to look, in which order.

    A named connection brings its account and credentials itself, so that no account is ever
    asked with the login of another; only the other settings fall back on the stack's.
    """
    config = sources.program_config() if provider_config is None else sources.engine_config(provider_config)
    environment = sources.environment()
    shared = _ordered(config, environment, provider_config)
    if name is None:
        explicit = [sources.explicit(connection)] if connection else []
        return SearchOrder(own=[*explicit, *shared], shared=[], config=config, environment=environment)
    entries = first_valid("connections", [config], checks.connections, problems) or {}
    config = sources.connection_config(entries.get(name, {}), name)
    environment = sources.environment(f"FOTA_CONNECTION_{name.upper()}_")
    own = _ordered(config, environment, provider_config)
    return SearchOrder(own=own, shared=shared, config=config, environment=environment)


def _ordered(config: Source, environment: Source, provider_config: Mapping[str, Any] | None) -> list[Source]:
    return [config, environment] if provider_config is None else [environment, config]
