"""Finds and checks the settings of a read and of the gates.

An explicit argument comes first, then stack config, then the environment. In the provider's own process the
environment comes first, because the engine hands a plain `pulumi refresh` the config of the last update.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pulumi

from pulumi_fota._program_run import is_outside_of_run
from pulumi_fota.errors import InvalidArgument, InvalidSetting
from pulumi_fota.settings import names, sources
from pulumi_fota.settings.connection import Connection
from pulumi_fota.settings.settings import SETTINGS, Application, GateSettings, Settings, User
from pulumi_fota.settings.sources import Search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi_fota.settings.settings import Setting
    from pulumi_fota.settings.sources import Source

_ACCOUNT = SETTINGS["account"]
_OF_CONNECTIONS = [setting for setting in SETTINGS.values() if setting.in_connection]
#: What a named connection shares with the stack if it does not have it itself.
_SHARED = [SETTINGS[field.name] for field in attrs.fields(Settings) if field.name in SETTINGS.keys() - {"account"}]


@attrs.frozen(kw_only=True)
class _Places:
    """Where to look for the settings of a connection, in order.

    Attributes:
        name: Its name in `fota:connections`, if it has one.
        own: What may hold its account and credentials.
        shared: What all other settings fall back on.
        config: The one of `own` that is stack config, and
        environment: the one that is the environment, to be named if something is missing.
    """

    name: str | None
    own: Sequence[Source]
    shared: Sequence[Source]
    config: Source
    environment: Source

    def missing(self, *settings: Setting, stand_in: Setting | None = None) -> str:
        """Explain what is missing, and what to type."""
        keys = [self.config.label(setting) for setting in settings]
        path = "--path " if "." in keys[0] else ""
        secret = "--secret " if stand_in else ""  # The command asks for a secret, so none stays in a shell's history.
        commands = " and ".join(f"`pulumi config set {path}{secret}{key}`" for key in keys)
        instead = f" (or {self.config.label(stand_in)})" if stand_in else ""
        variables = " and ".join(self.environment.label(setting) for setting in settings)
        return (
            f"{' and '.join(keys)}{instead} {'is' if len(keys) == 1 else 'are'} missing or empty: {commands}, "
            f"or set {variables} in the environment"
        )


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
        account: The account; comes before all other places.
        protocol: The protocol filter; comes before all other places.
        provider_config: In the provider's process, the config that the engine handed to `configure`.
        secret: Whether the arguments are secret. Then an error does not say what is wrong with one of them.

    Raises:
        InvalidArgument: The connection is not a `Connection`, an argument is an Output, or the thread is not in the
            context of the program's run.
        InvalidSetting: Settings are missing or invalid, or something that was meant as one is not; the message names
            all of them.
    """
    if provider_config is None:
        check_thread("; nothing was sent to ThingSpace")
    for what, value in (("account", account), ("protocol", protocol), ("connection", connection)):
        if isinstance(value, pulumi.Output):
            raise InvalidArgument.output_in_plain_call(f"{what}=")
    if connection is not None and not isinstance(connection, Connection):
        raise InvalidArgument(
            f"connection= is of type {type(connection).__name__}: pass Connection(…), "
            'or Connection.named("east") for one by its name'
        )
    search = Search(secret=secret)
    in_provider = provider_config is not None
    config = sources.program_config() if provider_config is None else sources.engine_config(provider_config)
    named = connection is not None and connection.name is not None
    connections = _connections(config, search) if named or not in_provider else {}
    places = _places(connection, config, connections, in_provider=in_provider)
    passed = sources.arguments({"account": account, "protocol": protocol})
    values = {"account": search.find(_ACCOUNT, [passed, *places.own])}
    if "account" not in search.origins:
        search.problems.append(places.missing(_ACCOUNT))
    for setting in _SHARED:
        values[setting.name] = search.find(setting, [passed, *places.own, *places.shared])
    application = Application(**_credentials(places, search, "key", "secret", stand_in="access_token"))
    user = User(**_credentials(places, search, "username", "password", stand_in="session_token"))
    if not in_provider:  # Its config may be that of last week.
        _check_stack(config, connections, search)
    if search.problems:
        raise InvalidSetting.found(search.problems, connection=places.name)
    return Settings(
        **{setting: value for setting, value in values.items() if value is not None},
        application=application,
        user=user,
        connection=places.name,
        refreshable=connection is None or named,
        origins=search.origins,
    )


def check_thread(nothing_sent: str = "") -> None:
    """Raise an error if a program runs, but this thread is not in its context.

    Raises:
        InvalidArgument: It is not.
    """
    if is_outside_of_run():
        raise InvalidArgument(
            "this thread is not in the context of the Pulumi program that is running, so it would use settings other "
            f"than those of the stack{nothing_sent}: start its work with contextvars.copy_context().run, from a copy "
            "that the program makes for each call"
        )


def gate_settings() -> GateSettings:
    """Find and check what the stack says of its gates.

    Raises:
        InvalidArgument: The thread is not in the context of the program's run.
        InvalidSetting: Settings are invalid; the message names all of them.
    """
    check_thread()
    search = Search()
    config = sources.program_config()
    values = _check_stack(config, _connections(config, search), search)
    if search.problems:
        raise InvalidSetting.found(search.problems, nothing_sent=False)
    return GateSettings(**values, origins=search.origins)


def _check_stack(config: Source, connections: Mapping[str, Source], search: Search) -> dict[str, Any]:
    """Find the settings of the gates, and check the rest of the stack, so that errors come before a request."""
    environment = sources.environment()
    mode = search.find(SETTINGS["gate"], [config])
    found = {name: search.find(SETTINGS[name], [config, environment]) for name in ("report_dir", "mask_imeis")}
    others = Search()
    for entry in connections.values():
        for setting in _OF_CONNECTIONS:
            others.find(setting, [entry])
    search.problems.extend(problem for problem in others.problems if problem not in search.problems)
    search.problems.extend(names.misnamed_keys(config.names()))
    search.problems.extend(names.misnamed_entries({name: entry.names() for name, entry in connections.items()}))
    search.problems.extend(names.misnamed_variables(environment.names()))
    return {"advisory": mode == "advisory", **{name: value for name, value in found.items() if value is not None}}


def _connections(config: Source, search: Search) -> dict[str, Source]:
    entries = search.find(SETTINGS["connections"], [config]) or {}
    return {name: sources.connection_entry(entry, name) for name, entry in entries.items()}


def _places(
    connection: Connection | None, config: Source, connections: Mapping[str, Source], *, in_provider: bool
) -> _Places:
    """Return where to look, in which order.

    A named connection brings its account and credentials itself, so that no account is ever asked with the login of
    another; only the other settings fall back on the stack's.
    """
    environment = sources.environment()
    name = connection.name if connection else None
    shared = [environment, config] if in_provider else [config, environment]
    if connection is None or name is None:
        given = attrs.asdict(connection, recurse=False) if connection else {}
        own = [sources.arguments(given, "Connection({}=…)"), *shared]
        return _Places(name=None, own=own, shared=[], config=config, environment=environment)
    config = connections.get(name) or sources.connection_entry({}, name)
    environment = sources.environment(f"FOTA_CONNECTION_{name.upper()}_")
    own = [environment, config] if in_provider else [config, environment]
    return _Places(name=name, own=own, shared=shared, config=config, environment=environment)


def _credentials(places: _Places, search: Search, first: str, second: str, *, stand_in: str) -> dict[str, Any]:
    """Take two credentials, or the token that stands in for them, whole from the first place that has any of them.

    So two logins never mix.
    """
    group = [SETTINGS[name] for name in (first, second, stand_in)]
    for source in places.own:
        given = [setting for setting in group if source.value_of(setting) is not None]
        if given:
            found = {setting.name: search.find(setting, [source]) for setting in given}
            only = given[0]
            if given in ([group[0]], [group[1]]) and found[only.name] is not None:
                absent = group[1] if only is group[0] else group[0]
                search.problems.append(
                    f"{source.label(only)} is set, but {source.label(absent)} is missing or empty: "
                    "set both in the same place"
                )
            return found
    search.problems.append(places.missing(*group[:2], stand_in=group[2]))
    return {}


def unknown_keys() -> list[str]:
    """Return the keys of stack config in the namespace `fota` that are neither settings nor close to one.

    In a project called `fota` they are the program's own.
    """
    return [] if pulumi.get_project() == "fota" else names.unknown_keys(sources.program_config().names())
