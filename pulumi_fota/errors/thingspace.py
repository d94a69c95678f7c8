"""What went wrong on the way to ThingSpace and back.

Each message is made in two steps: what was found and what to do, where it is found; what could not be done, by
`about`, where that is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota._text import shown
from pulumi_fota.errors.fota_error import FotaError

if TYPE_CHECKING:
    from typing_extensions import Self


class ThingSpaceError(FotaError):
    """A read from ThingSpace failed. Nothing was read, nothing was changed."""

    what = ""  #: What could not be done, such as "read 3 devices of account 'x'".

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

    @classmethod
    def withheld(cls, status: int) -> Self:
        return cls(
            f"ThingSpace answered {status}, and the answer repeats a credential, so it is not shown",
            "look for a proxy in the way that shows what it was sent",
        )

    def about(self, what: str, tried: str = "") -> Self:
        """Return a new error that says what could not be done, unless this one does already."""
        if self.what:
            return self
        error = self.around(self, before=f"cannot {what}: ", after=tried, do=self.do, of_one_read=self.is_of_one_read)
        error.what, error.found, error.rest = what, self.found, self.rest
        return error


def _in_brackets(code: str) -> str:
    return f" ({code})" if code else ""


class CredentialsRefused(ThingSpaceError):
    """ThingSpace does not accept the application key, the user or the session."""

    is_about_settings = True

    @classmethod
    def key(cls, code: str) -> Self:
        return cls(
            "ThingSpace does not accept this application key",
            "check fota:key and fota:secret against Key Management in the ThingSpace portal",
            quoted=_in_brackets(code),
        )

    @classmethod
    def same_bearer(cls, code: str) -> Self:
        return cls(
            "the token endpoint keeps giving a token that the API refuses",
            "see in the ThingSpace portal whether the key is subscribed to Software Management",
            quoted=_in_brackets(code),
        )

    @classmethod
    def second_bearer(cls, code: str) -> Self:
        return cls(
            "the API refused a new token too",
            "see in the ThingSpace portal whether the key is subscribed to Software Management",
            quoted=_in_brackets(code),
        )

    @classmethod
    def access_token(cls, code: str) -> Self:
        return cls(
            "ThingSpace does not accept the token of fota:accessToken",
            "set a fresh one, or fota:key and fota:secret, with which tokens are fetched",
            quoted=_in_brackets(code),
        )

    @classmethod
    def session_token(cls, code: str) -> Self:
        return cls(
            "ThingSpace does not accept the session of fota:sessionToken",
            "set a fresh one, or fota:username and fota:password, with which sessions are opened",
            quoted=_in_brackets(code),
        )

    @classmethod
    def second_session(cls, code: str) -> Self:
        return cls(
            "the session ended again right after a new login",
            "another program may be using the same UWS user: give this one a user of its own",
            quoted=_in_brackets(code),
        )

    @classmethod
    def user(cls, code: str) -> Self:
        return cls(
            "ThingSpace refused user and password",
            "correct fota:username or fota:password; this pair is not sent again for an hour, since five refusals in "
            "a row lock the user",
            quoted=_in_brackets(code),
        )

    @classmethod
    def not_sent_again(cls, minutes: int, path: str) -> Self:
        return cls(
            f"ThingSpace refused this user and password {minutes} min ago, and they were not sent again, since five "
            "refusals in a row lock the user",
            f"correct them; if they are right by now, delete {path} and run it again: a process that met the refusal "
            "does not forget it",
        )


class RequestRefused(ThingSpaceError):
    """ThingSpace understood the request and refuses it."""

    @classmethod
    def by_service(cls, status: int, words: str, *, do: str) -> Self:
        return cls(f"ThingSpace refused it ({status})", do, quoted=f": {words}")

    @classmethod
    def not_allowed(cls, status: int, words: str) -> Self:
        return cls(
            f"the gateway refused it ({status})",
            "fota:baseUrl is wrong, or the key is not enabled for Software Management",
            quoted=f": {words}",
        )

    @classmethod
    def redirected(cls, status: int, host: str) -> Self:
        return cls(
            f"the answer was a redirect ({status})",
            "check fota:baseUrl, and for a login page of a proxy",
            quoted=f" to {host}",
            rest=", and credentials were not sent there",
        )


def _rounded(seconds: float) -> str:
    """Tell seconds that may be what was left of a deadline."""
    return f"{round(seconds, 1) or 0.1:g}"


class ServiceUnavailable(ThingSpaceError):
    """ThingSpace cannot be reached, or fails. The same run may work later."""

    @classmethod
    def host_not_found(cls, host: str) -> Self:
        return cls(f"the host {host} was not found", "check the network, a VPN, or fota:baseUrl")

    @classmethod
    def connection_refused(cls, host: str, port: int) -> Self:
        return cls(
            f"{host} refused the connection on port {port}",
            "a proxy or firewall may be in the way, or fota:baseUrl is wrong",
        )

    @classmethod
    def no_connection(cls, host: str, seconds: float) -> Self:
        return cls(
            f"{host} did not accept a connection within {_rounded(seconds)} s",
            "check the network, a VPN, or a firewall",
        )

    @classmethod
    def no_route(cls, host: str, reason: str) -> Self:
        return cls(f"{host} cannot be reached ({reason})", "check the network, a VPN, or a firewall")

    def at_the_proxy(self) -> Self:
        """Give the same of a proxy on the way, with advice that fits it."""
        return self.around(self, before="at the proxy: ", do="check HTTPS_PROXY or ALL_PROXY, or set NO_PROXY")

    @classmethod
    def proxy_refused(cls, proxy: str, status: int) -> Self:
        return cls(
            f"the proxy {proxy} answered {status} to CONNECT",
            "give HTTPS_PROXY a user and password that it takes, or set NO_PROXY",
        )

    @classmethod
    def tls_broken(cls, host: str, reason: str) -> Self:
        return cls(f"the TLS handshake with {host} broke ({reason})", "check fota:baseUrl, and for a proxy in the way")

    @classmethod
    def certificate(cls, host: str, reason: str) -> Self:
        return cls(
            f"the certificate of {host} is not trusted by this machine ({reason})",
            "behind a proxy that opens TLS, set fota:caBundle to the file of its CA",
        )

    @classmethod
    def expired_certificate(cls, host: str) -> Self:
        return cls(f"the certificate of {host} has expired", "check the clock of this machine, and fota:baseUrl")

    @classmethod
    def foreign_certificate(cls, host: str) -> Self:
        return cls(
            f"the certificate that {host} shows is not its own", "check fota:baseUrl, and for a proxy in the way"
        )

    @classmethod
    def broken(cls) -> Self:
        return cls("the connection broke before an answer came", "run it again")

    @classmethod
    def silent(cls, seconds: float) -> Self:
        return cls(f"no byte came for {seconds:g} s", "run it again")

    @classmethod
    def too_slow(cls, seconds: float) -> Self:
        return cls(f"no complete answer came within {_rounded(seconds)} s", "run it again, or raise fota:timeout")

    @classmethod
    def cut(cls, got: int, expected: int) -> Self:
        return cls(f"the answer was cut off ({got:,} of {expected:,} bytes)", "run it again")

    @classmethod
    def cut_in_chunks(cls) -> Self:
        return cls("the answer was cut off before its last chunk", "run it again")

    @classmethod
    def unavailable(cls, status: int, code: str) -> Self:
        quoted = f", {code}" if code else ""
        return cls(f"ThingSpace is unavailable ({status}", "run it again later", quoted=quoted, rest=")")

    @classmethod
    def throttled(cls, status: int, code: str) -> Self:
        return cls(
            f"ThingSpace limits the calls of this key ({status}",
            "run it again later, with a lower fota:concurrency",
            quoted=f", {code}" if code else "",
            rest=")",
        )

    @classmethod
    def long_wait(cls, error: ThingSpaceError, seconds: float, most: float, deadline: float) -> Self:
        asks = f", and asks to wait {seconds:,.0f} s; this read waits {most:g} s at once and {deadline:g} s in all"
        return cls.around(error, after=asks, do="run it again after that time", of_one_read=seconds <= most)

    @classmethod
    def unfinished_login(cls, cause: ThingSpaceError) -> Self:
        return cls.around(
            cause,
            before="the login did not finish (",
            after=(
                "), and was not tried again: it may have counted as refused, and five refusals in a row lock the user"
            ),
            do="run it again later",
        )

    @classmethod
    def flapping(cls, failed: int, sent: int, cause: ThingSpaceError) -> Self:
        before = f"too many requests failed ({failed:,} of {sent:,}), the last one so: "
        return cls.around(cause, before=before, do="run it again later")

    @classmethod
    def out_of_time(cls, seconds: float, cause: ThingSpaceError | None) -> Self:
        found, do = f"it was not done within {seconds:g} s", "run it again, or raise fota:deadline"
        if cause is None:
            return cls(found, do, of_one_read=True)
        return cls.around(cause, before=f"{found}; the first trouble was: ", do=do, of_one_read=True)


_REPORT = "please report it as an issue of pulumi_fota"


class UnexpectedResponse(ThingSpaceError):
    """ThingSpace answered with something that its API does not document."""

    @classmethod
    def empty(cls, status: int) -> Self:
        return cls(f"ThingSpace answered {status} without a body", _REPORT)

    @classmethod
    def not_http(cls) -> Self:
        return cls("the answer is not HTTP", "check fota:baseUrl, and for a proxy in the way")

    @classmethod
    def too_large(cls, most: int) -> Self:
        return cls(f"the answer is larger than {most // 2**20} MiB", _REPORT)

    @classmethod
    def not_unpacked(cls) -> Self:
        return cls("the answer could not be unpacked", _REPORT)

    @classmethod
    def bad_json(cls, found: str, words: str) -> Self:
        return cls(f"the answer {found}", _REPORT, quoted=words)

    @classmethod
    def page(cls, status: int, content_type: str, excerpt: str) -> Self:
        return cls(
            f"the answer is {content_type}, not JSON ({status})",
            "this may be the login page of a proxy: check the network and fota:baseUrl",
            quoted=excerpt,
        )

    @classmethod
    def no_object(cls, kind: str) -> Self:
        return cls(f"the answer is {kind}, an object was expected", _REPORT)

    @classmethod
    def no_key(cls, key: str) -> Self:
        return cls(f"the answer has no `{key}`", _REPORT)

    @classmethod
    def no_imei(cls, found: str) -> Self:
        return cls("the `deviceId` of a device in the answer is not an IMEI", _REPORT, quoted=f": {found}")

    @classmethod
    def wrong_type(cls, key: str, imei: str, *, kind: str, expected: str) -> Self:
        of = f" of device {imei}" if imei else ""
        return cls(f"`{key}`{of} is {kind}, {expected} was expected", _REPORT)

    @classmethod
    def no_token(cls, what: str) -> Self:
        return cls(f"ThingSpace answered without {what} that can be used", _REPORT)

    @classmethod
    def no_cursor(cls) -> Self:
        return cls("the answer says that there is more (`hasMoreData`), but not where (`lastSeenDeviceId`)", _REPORT)

    @classmethod
    def bad_cursor(cls, found: str) -> Self:
        return cls("`lastSeenDeviceId` is not an IMEI", _REPORT, quoted=f": {shown(found)}")

    @classmethod
    def cursor_not_growing(cls, page: int, cursor: str, last: str) -> Self:
        return cls(f"page {page:,} does not go forward", _REPORT, quoted=f" (cursor {cursor} after {last})")

    @classmethod
    def too_many_pages(cls, most: int) -> Self:
        return cls(f"there were more than {most:,} pages", _REPORT)

    @classmethod
    def contradiction(cls, imei: str) -> Self:
        return cls(f"device {imei} came twice, with different facts", "run it again: it may have just changed")

    @classmethod
    def other_devices(cls, foreign: str, absent: str) -> Self:
        quoted = f", such as {foreign} and not {absent}"
        return cls("ThingSpace answered for other devices than asked", _REPORT, quoted=quoted)

    @classmethod
    def other_account(cls, found: str, account: str) -> Self:
        return cls(f"ThingSpace answered for another account than {account!r}", _REPORT, quoted=f": {shown(found)}")
