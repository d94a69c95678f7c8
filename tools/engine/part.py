"""One part of the engine: files that are made together, once, and put in place together."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Part:
    """What belongs together in `bin`: the names, the sources that they come from, and how they are made."""

    name: str
    files: tuple[str, ...]
    sources: tuple[Path, ...]
    make: Callable[[Path], None]
    """Makes `files` in the folder that it is given, or raises."""

    def is_current(self, into: Path) -> bool:
        """Whether the part stands in `into/bin`, made from the sources as they are now."""
        stamp = _stamp(into, self.name)
        return (
            stamp.exists()
            and stamp.read_text(encoding="utf-8") == self._digest()
            and all((into / "bin" / name).exists() for name in self.files)
        )

    def install(self, into: Path) -> None:
        """Makes the part beside its place and moves it there; after a failure all is as it was."""
        with staging(into) as folder:
            self.make(folder)
            forget(into, self.name)
            move(folder, into / "bin")
        _stamp(into, self.name).write_text(self._digest(), encoding="utf-8")

    def _digest(self) -> str:
        content = hashlib.sha256()
        for file in self.sources:
            content.update(f"{file.name}\0".encode() + file.read_bytes())
        return content.hexdigest()


def forget(into: Path, name: str) -> None:
    """Makes the part of this name count as not installed."""
    _stamp(into, name).unlink(missing_ok=True)


def _stamp(into: Path, name: str) -> Path:
    """The file that holds the digest of the sources while the whole part is in place."""
    return into / f"{name}.stamp"


@contextlib.contextmanager
def staging(into: Path) -> Iterator[Path]:
    """An empty folder on the same file system, gone afterwards."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="installing-", dir=into) as folder:
        yield Path(folder)


def move(staged: Path, into: Path) -> None:
    """Moves all that lies in `staged`, replacing what had the same name."""
    into.mkdir(exist_ok=True)
    for file in list(staged.iterdir()):
        place = into / file.name
        if place.is_dir() and not place.is_symlink():
            place.rename(staged / f"old-{file.name}")  # It goes when the staging folder goes.
        file.replace(place)
