"""Every exception of the package.

    FotaError                   all of them; a `pulumi.RunError`, so a program that stops prints the message alone
    ├── InvalidSetting          a setting is missing or invalid: whoever configures the stack moves next
    ├── InvalidArgument         the program passed an invalid value: its author moves next
    │   ├── InvalidImei         an IMEI, or a file of them, cannot be read
    │   └── InvalidRule         a rule, a waiver or a gate is invalid
    ├── DeviceNotFound          the carrier's answer holds no device of this IMEI
    ├── ThingSpaceError         a read failed and nothing was read
    │   ├── CredentialsRefused  the application key, the user or the session is not accepted
    │   ├── RequestRefused      the service understood the request and refuses it
    │   ├── ServiceUnavailable  the service cannot be reached, or fails: the same run may work later
    │   └── UnexpectedResponse  the answer is not what the API documents: please report it
    └── GateFailed              the devices do not satisfy a gate of the program

A message says what happened to which thing, what was found, and what to do. Its words stand where it is raised; here
are only those that several parts share. Errors hold text and numbers only: never a request, a response or a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from pulumi_fota._text import counted, redact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self

__all__ = [
    "CredentialsRefused",
    "DeviceNotFound",
    "FotaError",
    "GateFailed",
    "InvalidArgument",
    "InvalidImei",
    "InvalidRule",
    "InvalidSetting",
    "RequestRefused",
    "ServiceUnavailable",
    "ThingSpaceError",
    "UnexpectedResponse",
]

#: What to do about a response that the API does not document.
REPORT = "please report it as an issue of pulumi_fota"


def is_output(value: object) -> bool:
    """Return whether a value is an Output, which is not known yet."""
    return isinstance(value, pulumi.Output)


def described(value: object) -> str:
    """Return a value as a message shows it, in less than a line; the value of an Output is not known yet."""
    return "an Output" if is_output(value) else shown(value)


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


class InvalidSetting(FotaError):
    """A setting is missing or invalid."""

    is_about_settings = True

    @classmethod
    def found(cls, problems: Sequence[str], *, connection: str | None = None, nothing_sent: bool = True) -> Self:
        """Return an error that lists what is wrong.

        Args:
            problems: A line for each setting.
            connection: The name of the connection that they belong to.
            nothing_sent: Whether the settings are those of a read, which then sent nothing.
        """
        of = f" of connection {connection!r}" if connection else ""
        what = f"{counted(len(problems), 'setting')}{of} {'is' if len(problems) == 1 else 'are'} missing or invalid"
        sent = "; nothing was sent to ThingSpace" if nothing_sent else ""
        return cls("\n  ".join([f"{what}{sent}:", *problems]))


class InvalidArgument(FotaError):
    """The program passed an argument that cannot be used. Nothing was sent."""

    @classmethod
    def output_in_plain_call(cls, what: str) -> Self:
        """Return the error of an Output where a plain value is expected."""
        return cls(f"{what} is an Output, whose value is not known yet: use the function that ends in _output")


class InvalidImei(InvalidArgument):
    """An IMEI, or a file of them, cannot be read. Nothing was sent."""


class InvalidRule(InvalidArgument):
    """A rule, a waiver or a gate is invalid, or a function of the program cannot judge a device."""

    @classmethod
    def not_text(cls, what: str, value: object, *, one_of_many: bool) -> Self:
        """Return the error of a value that is not text.

        Args:
            what: The name of the argument, or of the function that takes it.
            value: The value.
            one_of_many: Whether it is one of several values of a call, so that a list may lack its star.
        """
        if isinstance(value, bool):
            why = "a boolean: quote it where it is written, since YAML makes true of yes"
        elif isinstance(value, int | float):
            why = "a number: quote it where it is written, since YAML makes 1.1 of 1.10"
        elif isinstance(value, list | tuple | set | frozenset):
            instead = "write a star before it to pass its items" if one_of_many else "one text was expected"
            why = f"a {type(value).__name__}: {instead}"
        elif is_output(value):
            return cls(f"{what} was given an Output: make the rule where its value is known, inside .apply()")
        else:
            why = f"of type {type(value).__name__}: text was expected"
        return cls(f"{what} was given {shown(value)}, {why}")


class DeviceNotFound(FotaError):
    """ThingSpace knows no device of this IMEI in the account."""


class ThingSpaceError(FotaError):
    """A read from ThingSpace failed. Nothing was read, nothing was changed."""

    what: str = ""  #: What could not be done, such as "read 3 devices of account 'x'".
    found: str
    rest: str
    do: str
    is_of_one_read: bool

    def __init__(
        self, found: str, do: str = "", *, quoted: str = "", rest: str = "", of_one_read: bool = False
    ) -> None:
        """Compose the text of an error.

        Args:
            found: What was found.
            do: What to do about it.
            quoted: As of every `FotaError`.
            rest: How what was found goes on after the quotation.
            of_one_read: Whether it speaks of the limits of the read that met it, so that another may fare better.
        """
        super().__init__(found, quoted=quoted, rest=f"{rest}; {do}" if do else rest)
        self.found, self.rest, self.do, self.is_of_one_read = found, rest, do, of_one_read

    @classmethod
    def around(
        cls, error: ThingSpaceError, *, before: str = "", after: str = "", do: str, of_one_read: bool = False
    ) -> Self:
        """Return an error whose sentence contains what another one found, and its quotation."""
        rest = f"{error.rest}{after}"
        return cls(f"{before}{error.found}", do, quoted=error.quoted, rest=rest, of_one_read=of_one_read)

    def about(self, what: str, tried: str = "") -> Self:
        """Return a new error that says what could not be done, unless this one does already."""
        if self.what:
            return self
        error = self.around(self, before=f"cannot {what}: ", after=tried, do=self.do, of_one_read=self.is_of_one_read)
        error.what, error.found, error.rest = what, self.found, self.rest
        return error


class CredentialsRefused(ThingSpaceError):
    """ThingSpace does not accept the application key, the user or the session."""

    is_about_settings = True


class RequestRefused(ThingSpaceError):
    """ThingSpace understood the request and refuses it."""


class ServiceUnavailable(ThingSpaceError):
    """ThingSpace cannot be reached, or fails. The same run may work later."""


class UnexpectedResponse(ThingSpaceError):
    """ThingSpace answered with something that its API does not document."""


class GateFailed(FotaError):
    """The devices do not satisfy a gate of the program."""
