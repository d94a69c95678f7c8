"""A token that many threads use, and one of them renews.

Knows nothing of HTTP, or of which token it is.
"""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING

import attrs

from pulumi_fota.errors import ThingSpaceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota._secret import Secret

#: Seconds before its end at which a token is no longer used. It cannot be renewed before: ThingSpace hands out the
#: same one until its end (ThingSpace, Get credentials).
MARGIN = 2.0


@attrs.frozen
class Token:
    """A token: `generation` tells it from those before it, `ends` is a moment on the clock, if it is known."""

    text: Secret
    generation: int = 0
    ends: float | None = None
    refused_with: str | None = None  #: The code with which it was refused, if it was.


@attrs.define
class _Renewal:
    done: bool = False
    error: ThingSpaceError | None = None


class TokenCache:
    """Keeps one token, and lets one thread at a time renew it while the others wait for that."""

    def __init__(self, given: Secret | None, clock: Callable[[], float]) -> None:
        self._token = Token(given) if given else None
        self._clock = clock
        self._renewal: _Renewal | None = None
        self._changed = threading.Condition()

    def get(self, renew: Callable[[Token | None], tuple[Secret, float | None]]) -> Token:
        """Give the token, renewed if it must be.

        The same token handed out again keeps its generation.

        Args:
            renew: Takes the last token and gives the text of the next, and its end.

        Raises:
            ThingSpaceError: It could not be renewed, by this thread or by the one that it waited for.
        """
        with self._changed:
            while True:
                last, renewal = self._token, self._renewal
                if last is not None and self._is_good(last):
                    return last
                if renewal is None:
                    self._renewal = renewal = _Renewal()
                    break
                self._changed.wait_for(lambda renewal=renewal: renewal.done)  # type: ignore[misc]
                if renewal.error is not None:
                    raise copy.copy(renewal.error)  # Each thread raises one of its own.
        try:
            text, ends = renew(last)
            is_same = last is not None and last.text == text
            token = self._token = Token(text, (last.generation if last else 0) + (not is_same), ends)
        except ThingSpaceError as error:
            renewal.error = None if error.is_of_one_read else error  # Without one, the next in line tries.
            raise
        finally:
            with self._changed:
                self._renewal, renewal.done = None, True
                self._changed.notify_all()
        return token

    def mark_refused(self, generation: int, code: str) -> None:
        """Use this token no more, unless another has taken its place already."""
        with self._changed:
            if self._token is not None and self._token.generation == generation:
                self._token = attrs.evolve(self._token, refused_with=code)

    def _is_good(self, token: Token) -> bool:
        return token.refused_with is None and (token.ends is None or self._clock() < token.ends - MARGIN)
