"""Waits for Output arguments, then runs the lookup.

A lookup is not an invoke of the engine, so what the engine does for an invoke is done here: wait for Outputs at any
depth, do nothing if one is unknown, pass secretness and dependencies on, and obey `depends_on`. If an argument is
secret, no error of the lookup repeats a value.
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

_REFUSED_OPTIONS = ("provider", "version", "plugin_download_url")  # A parent is accepted: components pass theirs.


@attrs.frozen
class _Known:
    """A value without Outputs. The SDK does not look inside, so a long list costs it nothing."""

    value: Any


def output_of(
    look_up: Callable[..., Awaitable[T]], *arguments: Any, opts: pulumi.InvokeOutputOptions | None
) -> pulumi.Output[T]:
    """Look up as soon as the arguments are known and the resources of `depends_on` exist.

    If nothing is an Output, `look_up` is called at once, so that a bad argument stops the program in its own line.

    Args:
        look_up: Called with the arguments, and with `secret=` if one of them is secret. Then an error that it raises is
            replaced by one that repeats none of them.
        arguments: The arguments.
        opts: The options of an invoke.

    Raises:
        InvalidArgument: The options have something other than `depends_on` and `parent`, or name a component.
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
        raise failure  # Not in the `except` block, which would chain the first error to it.

    return together.apply(look_up_later)


def _texts(arguments: Iterable[Any]) -> Iterator[str]:
    """Yield what an error must not repeat if arguments are secret. IMEIs are known by their form."""
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
    """Return Outputs that are known as soon as the resources of `depends_on` exist."""
    if opts is None:
        return []
    if not isinstance(opts, pulumi.InvokeOptions):
        raise InvalidArgument(f"opts= is of type {type(opts).__name__}: pass pulumi.InvokeOutputOptions(depends_on=…)")
    for name in _REFUSED_OPTIONS:
        if getattr(opts, name, None):
            raise InvalidArgument(
                f"opts= sets {name}, which has no meaning for a read from ThingSpace: leave it out, "
                "and use depends_on alone"
            )
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
        raise InvalidArgument(
            f"depends_on names {name} of type {type(resource).__name__}, which is not a custom resource and is never "
            "waited for: name the custom resource that must exist first, or pass one of its outputs as an argument"
        )
    return resource.id
