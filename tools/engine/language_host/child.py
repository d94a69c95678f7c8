"""One process that the host runs for the engine: a program, a plugin, an installer.

Owns how output travels and how a process is stopped.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import threading
from typing import IO, TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Source = Literal["stdout", "stderr"]


class Child:
    """A running process. Its output is inherited, or read line by line with `lines`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: str | Path,
        environment: Mapping[str, str],
        inherit_output: bool = False,  # The engine reads the host's own output, and so the program's.
    ) -> None:
        output = None if inherit_output else subprocess.PIPE
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

    def wait(self) -> int:
        """Waits for the end; gives the exit code, negative for the signal that ended it."""
        return self._process.wait()

    def lines(self) -> Iterator[tuple[Source, bytes]]:
        """Each line of output as it comes, until both streams are closed."""
        found: queue.SimpleQueue[tuple[Source, bytes]] = queue.SimpleQueue()
        streams: list[tuple[Source, IO[bytes] | None]] = [
            ("stdout", self._process.stdout),
            ("stderr", self._process.stderr),
        ]
        for source, stream in streams:
            if stream:
                threading.Thread(target=_pass_on, args=(source, stream, found), daemon=True).start()
        still_open = len(streams)
        while still_open:
            source, line = found.get()
            if line:
                yield source, line
            else:
                still_open -= 1

    def stop(self, grace: float) -> None:
        """Lets the process end by itself within `grace` seconds, else interrupts it and waits as long again."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
            return
        self._process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)

    def end(self) -> None:
        """Ends the process now."""
        self._process.terminate()


def _pass_on(source: Source, stream: IO[bytes], found: queue.SimpleQueue[tuple[Source, bytes]]) -> None:
    with stream:
        for line in stream:
            found.put((source, line))
    found.put((source, b""))
