"""Refused logins, remembered by all processes of this machine for an hour.

Five refusals in a row lock the user (ThingSpace, Start connectivity management session), and whoever has mistyped a
password runs a preview five times in a few minutes. A file has a salted slow hash of the password, never its text.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import json
import os
from typing import TYPE_CHECKING

import attrs
import filelock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pulumi_fota._secret import Secret

HOUR = 3600.0
#: Rounds of PBKDF2-HMAC-SHA256, which every Python has. Not scrypt, which some hosts lack: two hashes would forget each
#: other's refusals.
ROUNDS = 600_000
_OBSTACLES = (OSError, filelock.Timeout, NotImplementedError)  # The last: a file system without locks.


@attrs.frozen
class RefusedLogin:
    """A login that was refused."""

    at: float  #: Seconds since 1970.
    is_locked: bool = False  #: Whether it was because the user is locked.


# Final for the process, even if no file can be written.
_refused_in_process: dict[tuple[str, str, Secret], RefusedLogin] = {}


class RefusedLogins:
    """The refused logins of one user at one address."""

    def __init__(self, folder: Path, base_url: str, username: str, wall_clock: Callable[[], float]) -> None:
        name = hashlib.sha256(f"{base_url}\n{username}".encode()).hexdigest()[:32]
        self.file = folder / "refused-logins" / f"{name}.json"
        self._base_url, self._username = base_url, username
        self._wall_clock = wall_clock

    @contextlib.contextmanager
    def exclusive(self, seconds: float, warn: Callable[[str], None]) -> Iterator[None]:
        """Keep other processes from logging in meanwhile.

        Args:
            seconds: How long to wait for another process that does.
            warn: Called with the warning that nothing can be remembered.
        """
        lock = filelock.FileLock(self.file.with_suffix(".lock"), mode=0o600)
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=seconds)
        except _OBSTACLES as error:  # A login is more important than its protection.
            warn(f"refused logins cannot be remembered on this machine ({_reason(error)})")
        try:
            yield
        finally:
            lock.release()

    def find(self, password: Secret) -> RefusedLogin | None:
        """Return how this password was refused, or `None` if it may be sent."""
        if (here := _refused_in_process.get((self._base_url, self._username, password))) is not None:
            return here
        try:
            kept = json.loads(self.file.read_bytes())
            refused = RefusedLogin(float(kept["at"]), kept["locked"] is True)
            is_recent = abs(self._wall_clock() - refused.at) < HOUR  # The clock may have been set back.
            is_same = is_recent and hmac.compare_digest(_hash(password, bytes.fromhex(kept["salt"])), kept["hash"])
        except (OSError, ValueError, TypeError, KeyError):
            return None  # A file that cannot be read is no obstacle.
        return refused if is_same else None

    def remember(self, password: Secret, *, is_locked: bool) -> str | None:
        """Remember that this password was refused now, and return what kept later processes from knowing, if any."""
        now, salt = self._wall_clock(), os.urandom(16)
        _refused_in_process[self._base_url, self._username, password] = RefusedLogin(now, is_locked)
        new = self.file.with_suffix(".new")  # One name, under the lock, so that kills leave no pile of them.
        try:
            kept = {"at": now, "locked": is_locked, "salt": salt.hex(), "hash": _hash(password, salt)}
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.file)
        except _OBSTACLES as error:
            return _reason(error)
        return None

    def forget(self) -> None:
        """Forget the refusals: a login succeeded."""
        with contextlib.suppress(OSError):
            self.file.unlink()


def forget_refused_logins() -> None:
    """Forget the refused logins of this process; those in files stay."""
    _refused_in_process.clear()


def _hash(password: Secret, salt: bytes) -> str:
    """Return the hash of a password.

    Raises:
        OSError: This Python was built without it, or its OpenSSL refuses it.
    """
    try:
        return hashlib.pbkdf2_hmac("sha256", password.reveal().encode(), salt, ROUNDS).hex()
    except (AttributeError, ValueError):
        raise OSError(errno.ENOTSUP, "its Python cannot hash passwords") from None


def _reason(error: Exception) -> str:
    if isinstance(error, filelock.Timeout):
        return "another process is logging in"
    return getattr(error, "strerror", None) or "its file system has no locks"
