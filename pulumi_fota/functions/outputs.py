"""What it takes to ask with arguments that are not known yet.

A lookup is no engine invoke, so all that the engine does for one is done here: it waits for Outputs at any depth,
asks nothing where one is unknown, carries secretness and dependencies on, and obeys `depends_on`. If an argument
is secret, no error of the lookup repeats a value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from inspect import isawaitable
from typing import Any, TypeVar

import attrs
import pulumi

from pulumi_fota._text import spellings
from pulumi_fota.errors import FotaError, InvalidArgument
from pulumi_fota.settings import Connection
from pulumi_fota.settings.connection import texts_of

T = TypeVar("T")

_UNUSABLE_OPTIONS = ("parent", "provider", "version", "plugin_download_url")


@attrs.frozen
class _Known:
    """A value in which nothing waits. The SDK does not look inside, so a long list costs it nothing."""

    value: Any


def output_of(
    look_up: Callable[..., Awaitable[T]], *arguments: Any, opts: pulumi.InvokeOutputOptions | None
) -> pulumi.Output[T]:
    """Ask as soon as the arguments are known and the resources of `depends_on` are there.

    If nothing is an Output, `look_up` is called at once, so that a bad argument stops the program in its own line.

    Args:
        look_up: Called with the arguments and `secret=`, whether one of them is; then an error that it raises is
            replaced by one that repeats none of them.
        arguments: Its arguments.
        opts: The options of an invoke.

    Raises:
        InvalidArgument: The options name something else than `depends_on`, or a component in it.
    """
    known = [_known(argument) for argument in arguments]
    ids = _ids(opts)
    waited_for: list[Any] = [*known, *ids]

    if not any(isinstance(value, pulumi.Output) for value in waited_for):
        return pulumi.Output.from_input(look_up(*(value.value for value in known), secret=False))
    together = pulumi.Output.all(*waited_for)

    async def look_up_later(values: list[Any]) -> T:
        given = [value.value for value in values[: len(known)]]
        secret = await together.is_secret()
        try:
            return await look_up(*given, secret=secret)
        except FotaError as error:
            if not secret:
                raise
            failure = error.redacted(_texts(given))
        raise failure  # Out here, so that no other is chained to it.

    return together.apply(look_up_later)


def _texts(arguments: Iterable[Any]) -> Iterator[str]:
    """Return what must not stand in an error if arguments are secret. IMEIs go by their form."""
    for argument in arguments:
        for text in texts_of(argument) if isinstance(argument, Connection) else [argument]:
            if isinstance(text, str):
                yield from spellings(text)


def _known(value: Any) -> _Known | pulumi.Output[_Known]:
    """Wait for every Output in a value."""
    if isinstance(value, pulumi.Output):
        return value.apply(_known)
    if isawaitable(value):
        return pulumi.Output.from_input(value).apply(_known)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        items = list(value)
        if any(_waits(item) for item in items):
            return pulumi.Output.all(*items).apply(_Known)
        return _Known(items)
    return _Known(value)


def _waits(value: Any) -> bool:
    return not isinstance(value, str) and (isinstance(value, pulumi.Output) or isawaitable(value))


def _ids(opts: pulumi.InvokeOutputOptions | None) -> list[pulumi.Output[Any]]:
    """Give what is known only when the resources of `depends_on` are there."""
    if opts is None:
        return []
    if not isinstance(opts, pulumi.InvokeOptions):
        raise InvalidArgument.no_options(type(opts).__name__)
    for name in _UNUSABLE_OPTIONS:
        if getattr(opts, name, None):
            raise InvalidArgument.unusable_option(name)
    named: Any = getattr(opts, "depends_on", None) or []
    if isinstance(named, pulumi.Output) or isawaitable(named):
        return [pulumi.Output.from_input(named).apply(lambda resources: pulumi.Output.all(*_ids_of(resources)))]
    return _ids_of(named)


def _ids_of(named: Any) -> list[pulumi.Output[Any]]:
    resources = named if isinstance(named, Iterable) else [named]
    return [resource.apply(_id) if isinstance(resource, pulumi.Output) else _id(resource) for resource in resources]


def _id(resource: Any) -> pulumi.Output[str]:
    if not isinstance(resource, pulumi.CustomResource):
        name = resource.pulumi_resource_name if isinstance(resource, pulumi.Resource) else repr(resource)
        raise InvalidArgument.no_custom_resource(name, type(resource).__name__)
    return resource.id
