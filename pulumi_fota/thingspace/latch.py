"""Refused logins, remembered by all processes of this machine for an hour.

Five refusals in a row lock the user (ThingSpace, Start connectivity management session), and whoever has mistyped a
password runs a preview five times in a few minutes. What is kept is a salted slow hash, no clear text.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
import os
from typing import TYPE_CHECKING

import filelock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pulumi_fota.secret import Secret

_log = logging.getLogger(__name__)

HOUR = 3600.0
_refused_here: dict[tuple[str, str, Secret], float] = {}  # Final for the process, also where no file can be written.


class Latch:
    """What is remembered of one user at one address."""

    def __init__(self, folder: Path, base_url: str, username: str, wall: Callable[[], float]) -> None:
        name = hashlib.sha256(f"{base_url}\n{username}".encode()).hexdigest()[:32]
        self.file = folder / "refused-logins" / f"{name}.json"
        self._base_url, self._username = base_url, username
        self._wall = wall

    @contextlib.contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Keep the other processes from logging in meanwhile; wait for them for so many seconds at most."""
        lock = filelock.FileLock(self.file.with_suffix(".lock"), mode=0o600)
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=seconds)
        except (OSError, filelock.Timeout) as error:
            _log.warning("refused logins cannot be remembered on this machine: %s", error)
        try:
            yield
        finally:
            lock.release()

    def refused_at(self, password: Secret) -> float | None:
        """Tell when this password was refused, in seconds since 1970, or `None` where it may be sent."""
        if (here := _refused_here.get((self._base_url, self._username, password))) is not None:
            return here
        try:
            kept = json.loads(self.file.read_bytes())
            same = hmac.compare_digest(_hash(password, bytes.fromhex(kept["salt"])), kept["hash"])
            is_recent = abs(self._wall() - kept["at"]) < HOUR
        except (OSError, ValueError, TypeError, KeyError):
            return None  # What cannot be read is no obstacle.
        return kept["at"] if same and is_recent else None

    def remember(self, password: Secret) -> None:
        """Remember that this password was refused now."""
        now = self._wall()
        _refused_here[self._base_url, self._username, password] = now
        salt = os.urandom(16)
        kept = json.dumps({"at": now, "salt": salt.hex(), "hash": _hash(password, salt)})
        new = self.file.with_suffix(".new")  # One name, under the lock, so that a kill leaves no pile of them.
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.file)
        except OSError as error:
            _log.warning("refused logins cannot be remembered on this machine: %s", error.strerror)

    def forget(self) -> None:
        """Forget it all: a login succeeded."""
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)


def _hash(password: Secret, salt: bytes) -> str:
    return hashlib.scrypt(password.reveal().encode(), salt=salt, n=2**14, r=8, p=1).hex()
