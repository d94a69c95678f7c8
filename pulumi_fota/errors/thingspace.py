"""What went wrong on the way to ThingSpace and back.

The words stand where an error is raised: what was found and what to do, where it is found; what could not be done, by
`about`, where that is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.errors.fota_error import FotaError

if TYPE_CHECKING:
    from typing_extensions import Self


#: What to do about a response that the API does not document.
REPORT = "please report it as an issue of pulumi_fota"


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
