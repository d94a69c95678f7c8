"""Base of all errors of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from pulumi_fota._text import redact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self


class FotaError(pulumi.RunError):
    """Base of every error of this package: caught by type, shown by Pulumi without a traceback."""

    is_about_settings = False  #: Whether other settings may be all that is needed, even if it names none.

    def __init__(self, message: str, *, quoted: str = "", rest: str = "") -> None:
        """Compose the text of an error.

        Args:
            message: Our sentence, which may name values of the program.
            quoted: What others wrote: words of the service, a page, the text of an exception of the program's own
                function; with the signs and blanks around it, so that the sentence reads without it too.
            rest: How the sentence goes on after it.
        """
        super().__init__(f"{message}{quoted}{rest}")
        self.quoted = quoted
        self._sentence = message, rest

    def redacted(self, values: Iterable[str] = ()) -> Self:
        """Return a new error that can be shown if arguments are secret: without quotation, IMEIs and these values."""
        sentence = "".join(self._sentence) or f"a function of the program raised {type(self).__name__}"
        return type(self)(redact(sentence, values))

    def as_quotation(self) -> Self:
        """Return an error with the same text, all of it quoted: that of one which a function of the program raised."""
        return type(self)("", quoted=str(self))

    def preceded_by(self, head: str) -> Self:
        """Return a new error that begins with what it happened to."""
        message, rest = self._sentence
        if not message:
            return type(self)(head, quoted=f": {self.quoted}", rest=rest)
        return type(self)(f"{head}: {message}", quoted=self.quoted, rest=rest)

    def at_refresh(self) -> Self:
        """Return a new error that adds what became of the state, and where a refresh looks for credentials.

        No device is named: the engine does not say whether what it has in state is a secret.
        """
        kept = "The snapshot in state is as it was."
        if self.is_about_settings or "fota:" in str(self):  # Of whatever kind it is, it names a setting.
            kept += (
                " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
                "environment, which goes first here, or run `pulumi refresh --run-program`."
            )
        return type(self)(f"{redact(str(self))}\n{kept}")
