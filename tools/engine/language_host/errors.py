"""What a user can cause and mend, told to the engine in one message."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from collections.abc import Iterator


class HostError(Exception):
    """The host cannot do what the engine asked; the message says why."""


@contextlib.contextmanager
def told_to_the_engine(context: grpc.ServicerContext) -> Iterator[None]:
    """Answers the call with the message of an error; gRPC alone would print a traceback."""
    try:
        yield
    except (HostError, OSError) as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
