"""Pulumi mocks under which a `DeviceSnapshot` answers as the real one does."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_fota.resources.device_snapshot import DeviceSnapshotProvider
from pulumi_fota.testing.event_loop import ensure_event_loop

_SNAPSHOT = "pulumi-python:dynamic/fota:DeviceSnapshot"
_STASH = "pulumi:index:Stash"


class Mocks(pulumi.runtime.Mocks):
    """Creates a `DeviceSnapshot` as its provider does and a `Stash` as the engine does.

    All other resources return their inputs. For resources of your own override `new_resource`, and call `super()` for
    the rest.
    """

    def __init__(self) -> None:
        ensure_event_loop()  # `set_mocks`, which comes next, needs one.

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return the id and the outputs of a new resource.

        Raises:
            ValueError: The provider refuses the inputs of the snapshot.
        """
        if args.typ == _STASH:
            return f"{args.name}-id", {**args.inputs, "output": args.inputs["input"]}
        if args.typ != _SNAPSHOT:
            return f"{args.name}-id", dict(args.inputs)
        provider = DeviceSnapshotProvider()
        checked = provider.check({}, dict(args.inputs))
        if checked.failures:
            raise ValueError("; ".join(failure.reason for failure in checked.failures))
        created = provider.create(checked.inputs)
        return f"{args.name}-id", dict(created.outs or {})

    def call(self, _args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Return no outputs for any function of any provider."""
        return {}, []
