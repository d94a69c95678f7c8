"""Every exception of the package, and every word that it says.

    FotaError                   all of them; a `pulumi.RunError`, so a program that stops prints the message alone
    ├── InvalidSetting          a setting is missing or wrong: whoever configures the stack moves next
    ├── InvalidArgument         the program passed something that cannot be: its author moves next
    │   ├── InvalidImei         an IMEI, or a file of them, cannot be read
    │   └── InvalidRule         a rule, a waiver or a gate is written in a way that cannot be
    ├── DeviceNotFound          the carrier's answer holds no device of this IMEI
    ├── ThingSpaceError         a read failed and nothing was read
    │   ├── CredentialsRefused  the application key, the user or the session is not accepted
    │   ├── RequestRefused      the service understood the request and refuses it
    │   ├── ServiceUnavailable  the service cannot be reached, or fails: the same run may work later
    │   └── UnexpectedResponse  the answer is not what the API documents: please report it
    └── GateFailed              the fleet is not as the program demands

A message says what happened to which thing, what was found, and what to do. Errors hold text and numbers only:
never a request, a response or a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self


class FotaError(pulumi.RunError):
    """What every error of this package is: caught by type, shown by Pulumi without a traceback."""

    def at_refresh(self) -> Self:
        """Tell it as a refresh does: what became of the state, and where a refresh looks for credentials."""
        kept = "The snapshot in state is as it was."
        if isinstance(self, (InvalidSetting, CredentialsRefused)):
            kept += (
                " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
                "environment, which goes first here, or run `pulumi refresh --run-program`."
            )
        return type(self)(f"{self}\n{kept}")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _brief(found: object) -> str:
    shown = repr(found)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"  # noqa: PLR2004 (a line)


# Settings and arguments.


class InvalidSetting(FotaError):
    """A setting is missing or cannot be used. Nothing was sent."""

    @classmethod
    def found(cls, problems: Sequence[str], *, connection: str | None = None) -> Self:
        of = f" of connection {connection!r}" if connection else ""
        what = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        return cls("\n  ".join([f"{what} missing or cannot be used{of}; nothing was sent to ThingSpace:", *problems]))

    @staticmethod
    def missing(keys: Sequence[str], *, stand_in: str | None, variables: Sequence[str]) -> str:
        path = "--path " if "." in keys[0] else ""
        secret = "--secret " if stand_in else ""  # The command asks for a secret, so none stands in a shell's history.
        commands = " and ".join(f"`pulumi config set {path}{secret}{key}`" for key in keys)
        instead = f" (or {stand_in})" if stand_in else ""
        are = "is" if len(keys) == 1 else "are"
        return (
            f"{' and '.join(keys)}{instead} {are} missing or empty: {commands}, "
            f"or set {' and '.join(variables)} in the environment"
        )

    @staticmethod
    def half_a_group(there: str, absent: str) -> str:
        return f"{there} is set, but {absent} is missing or empty: set both in the same place"


class InvalidArgument(FotaError):
    """The program passed an argument that cannot be used. Nothing was sent."""

    @classmethod
    def unknown_field(cls, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"a device has no field {name!r}: use one of {', '.join(known)}")

    @classmethod
    def ungroupable_field(cls, name: str) -> Self:
        return cls(f"devices cannot be counted by {name!r}: it is a list; use a field that holds one value")

    @classmethod
    def bad_connection_name(cls, reason: str) -> Self:
        return cls(f"the name of a connection is {reason}")

    @classmethod
    def no_field(cls, what: str) -> Self:
        return cls(f"{what} was called without a field: name at least one, such as 'firmware'")

    @classmethod
    def not_for_gate(cls, method: str, found: object) -> Self:
        return cls(
            f"Gate.{method} was given a value of type {type(found).__name__}: pass the DeviceSet that get_devices gives"
        )

    @classmethod
    def bad_share(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {found!r}, which is no share: "
            "write a percentage from '0%' to '100%' as text, such as '5%' or '99.5%'"
        )

    @classmethod
    def no_device_set(cls, name: str, found: str) -> Self:
        return cls(
            f"snapshot {name!r}: devices= is of type {found}: "
            "pass what get_devices or get_devices_output gave, or a part of it"
        )

    @classmethod
    def unknown_record(cls, name: str, found: object, *, known: Iterable[str]) -> Self:
        return cls(f"snapshot {name!r}: record= is {found!r}: use one of {', '.join(map(repr, known))}")

    @classmethod
    def unnamed_connection(cls, name: str) -> Self:
        return cls(
            f"snapshot {name!r}: its devices were read through a Connection without a name, and `pulumi refresh` "
            "could not find its credentials again: store them under `fota:connections` and read through "
            "Connection.named(…)"
        )

    @staticmethod
    def changed_input(problem: str) -> str:
        return f"{problem}: take out the transform or policy that changes what DeviceSnapshot passes"

    @classmethod
    def changed_state(cls, problems: Sequence[str]) -> Self:
        return cls(
            f"the snapshot's state cannot be read: {', '.join(problems)}; "
            "import the state as it was, or store the facts anew with `pulumi up --replace URN`"
        )

    # The functions.

    @classmethod
    def output_in_plain_call(cls, what: str) -> Self:
        return cls(f"{what} is an Output, whose value is not there yet: use the function that ends in _output")

    @classmethod
    def no_list(cls, found: str) -> Self:
        return cls(f'imeis= is of type {found}: pass a list of texts, such as ["356938035643809"]')

    @classmethod
    def no_connection(cls, found: str) -> Self:
        return cls(
            f'connection= is of type {found}: pass Connection(…), or Connection.named("east") for one by its name'
        )

    @classmethod
    def no_options(cls, found: str) -> Self:
        return cls(f"opts= is of type {found}: pass pulumi.InvokeOutputOptions(depends_on=…)")

    @classmethod
    def unusable_option(cls, name: str) -> Self:
        return cls(f"opts= names {name}, which means nothing to a read from ThingSpace: only depends_on can be used")

    @classmethod
    def no_custom_resource(cls, name: str, kind: str) -> Self:
        return cls(
            f"depends_on names {name} of type {kind}, which is no custom resource, and so is never waited for: name the "
            "custom resource that must be there first, or pass one of its outputs as an argument"
        )


class InvalidImei(InvalidArgument):
    """An IMEI, or a file of them, cannot be read. Nothing was sent."""

    @classmethod
    def read(cls, shown: str, reason: str) -> Self:
        return cls(f"IMEI {shown} {reason}")

    @staticmethod
    def problem(position: str, shown: str, reason: str) -> str:
        return f"{position}: {shown} {reason}"

    @classmethod
    def found(cls, problems: Sequence[str], *, count: int, where: str) -> Self:
        more = [f"and {len(problems) - 20:,} more"] if len(problems) > 20 else []  # noqa: PLR2004 (a screenful)
        some = f"{len(problems):,} of {_counted(count, 'IMEI')}"
        head = f"{some} in {where} cannot be used; nothing was sent to ThingSpace:"
        return cls("\n  ".join([head, *problems[:20], *more]))

    @classmethod
    def no_file(cls, path: str, reason: str) -> Self:
        advice = "a relative path starts at the program's folder"
        return cls(f"the file of IMEIs {path!r} cannot be read: {reason}; {advice}")

    @classmethod
    def unreadable(cls, file: str, reason: str) -> Self:
        return cls(f"the file of IMEIs {file!r} cannot be read: {reason}")

    @classmethod
    def no_column(cls, file: str, column: str | None, names: Sequence[str]) -> Self:
        there = ", ".join(repr(name) for name in names[:20])
        lacks = f"has no column {column!r}" if column is not None else "has no column that is called IMEI or device ID"
        return cls(f"{file} {lacks}: there are {there}; name the right one with column=")


class InvalidRule(InvalidArgument):
    """A rule, a waiver or a gate is written in a way that cannot be. Nothing was judged."""

    @classmethod
    def bad_name(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {_brief(found)}: "
            "use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
        )

    @classmethod
    def not_text(cls, what: str, found: object) -> Self:
        if isinstance(found, bool | int | float):
            reason = "a number: quote it where it is written, since YAML makes 1.1 of 1.10"
        elif isinstance(found, list | tuple | set | frozenset):
            reason = f"a {type(found).__name__}: write a star before it to pass its items"
        elif isinstance(found, pulumi.Output):
            reason = "an Output: make the rule where its value is known, inside .apply()"
        else:
            reason = f"of type {type(found).__name__}: text was expected"
        shown = "" if isinstance(found, pulumi.Output) else f"{_brief(found)}, "
        return cls(f"{what} was given {shown}{reason}")

    @classmethod
    def empty_text(cls, what: str) -> Self:
        return cls(f"{what} was given an empty text: leave it out, or write what is meant")

    @classmethod
    def nothing_named(cls, what: str) -> Self:
        return cls(f"{what} was called without a value: name at least one, or leave the rule out")

    @classmethod
    def not_one_of(cls, what: str, found: object, choices: Iterable[str]) -> Self:
        return cls(f"{what} is {_brief(found)}: use one of {', '.join(choices)}")

    @classmethod
    def unknown_option(cls, rule: str, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"rule {rule!r} has no option {name!r}: use one of {', '.join(known)}")

    @classmethod
    def bad_limit(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {_brief(found)}: use a whole number of devices, or a percentage as text, such as '95%'")

    @classmethod
    def bad_count(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {_brief(found)}: use a whole number of devices")

    @classmethod
    def never_trips(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {found!r}, which no fleet can miss: use severity='advisory' for a rule that only warns")

    @classmethod
    def bad_days(cls, found: object, *, most: int) -> Self:
        return cls(f"days is {_brief(found)}: use a whole number from 1 to {most:,}")

    @classmethod
    def no_scheme(cls, found: object) -> Self:
        given = "minimum_version was given no scheme" if found is None else f"the scheme is {_brief(found)}"
        return cls(
            f"{given}, and no order fits the versions of all vendors: use 'dotted', "
            "a list of the versions from oldest to newest, or a function (a, b) that answers -1, 0, 1 or None"
        )

    @classmethod
    def scheme_repeats(cls, versions: Sequence[str]) -> Self:
        if not versions:
            return cls("the scheme is an empty list: list the versions from oldest to newest")
        twice = next(version for version in versions if list(versions).count(version) > 1)
        return cls(f"the scheme lists {twice!r} twice: list each version once, from oldest to newest")

    @classmethod
    def scheme_answered(cls, answer: object, a: str, b: str) -> Self:
        return cls(
            f"the scheme answered {_brief(answer)} for {_brief(a)} and {_brief(b)}: "
            "it must be -1, 0 or 1 as the first is older, equal or newer, or None where they cannot be compared"
        )

    @classmethod
    def version_not_in_scheme(cls, version: str) -> Self:
        return cls(f"minimum_version was given {version!r}, which its scheme does not know: add it, or name another")

    @classmethod
    def check_answered(cls, rule: str, imei: str, found: object) -> Self:
        return cls(
            f"rule {rule!r} answered {_brief(found)} for device {imei}: "
            "answer True to pass, False or a text (the reason) to fail, None where it cannot be told"
        )

    @classmethod
    def check_raised(cls, rule: str, imei: str, error: Exception, *, where: str) -> Self:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return cls(f"rule {rule!r} could not judge device {imei}: {said} ({where}); correct the rule's function")

    @classmethod
    def waiver_for_whom(cls, rule: str) -> Self:
        return cls(f"the waiver of rule {rule!r} must name either an imei or a model")

    @classmethod
    def waiver_without_date(cls, rule: str, found: object) -> Self:
        return cls(
            f"the waiver of rule {rule!r} ends on {_brief(found)}: "
            "give its last day in UTC as a date, such as until=date(2026, 12, 31)"
        )

    @classmethod
    def waiver_of_no_rule(cls, gate: str, rule: str, ids: Iterable[str]) -> Self:
        return cls(f"gate {gate!r} has a waiver of rule {rule!r}, which it has not: its rules are {', '.join(ids)}")

    @classmethod
    def no_waiver(cls, gate: str, found: object) -> Self:
        return cls(f"gate {gate!r} was given a waiver of type {type(found).__name__}: pass Waiver(rule=…, …)")

    @classmethod
    def no_rule(cls, gate: str, found: object) -> Self:
        return cls(f"gate {gate!r} was given a rule of type {type(found).__name__}: pass what pulumi_fota.rules makes")

    @classmethod
    def reserved_id(cls, id: str) -> Self:
        return cls(f"no rule can be called {id!r}: that is the gate's own check of devices that did not come back")

    @classmethod
    def id_twice(cls, gate: str, id: str) -> Self:
        return cls(f"gate {gate!r} has two rules called {id!r}: give one of them an id= of its own")

    @classmethod
    def checks_nothing(cls, gate: str) -> Self:
        return cls(f"gate {gate!r} checks nothing: it has no rules, and missing devices pass")

    @classmethod
    def idle_at_most_missing(cls) -> Self:
        return cls("at_most_missing has no effect with missing='pass': leave one of them out")


class DeviceNotFound(FotaError):
    """ThingSpace knows no device of this IMEI in the account."""

    @classmethod
    def asked_for(cls, imei: str, *, account: str, refusal: str | None = None) -> Self:
        found = "the carrier's answer left it out" if refusal is None else f"the carrier says {refusal!r}"
        return cls(
            f"device {imei} is not in account {account!r}: "
            f"{found}; check the IMEI, or the account that the device is billed to"
        )

    @classmethod
    def not_in_set(cls, imei: str, *, size: int) -> Self:
        return cls(f"device {imei} is not in this set of {size:,} devices: look it up in `missing`, or ask for it")


# ThingSpace.


class ThingSpaceError(FotaError):
    """A read from ThingSpace failed. Nothing was read, nothing was changed."""

    what = ""  #: What could not be done, such as "read 3 devices of account 'x'".
    found = ""  #: What was found, to be told again beside a deadline.
    do = ""  #: What to do about it.

    @classmethod
    def _of(cls, found: str, do: str) -> Self:
        error = cls(f"{found}; {do}")
        error.found, error.do = found, do
        return error

    @classmethod
    def withheld(cls, status: int) -> Self:
        return cls._of(
            f"ThingSpace answered {status}, and the answer repeats a credential, so it is not shown",
            "look for a proxy in the way that shows what it was sent",
        )

    def about(self, what: str, tried: str = "") -> Self:
        """Tell it of what could not be done, unless it tells of that already."""
        if self.what:
            return self
        error = type(self)(f"cannot {what}: {self.found}{tried}; {self.do}")
        error.what, error.found, error.do = what, self.found, self.do
        return error


class CredentialsRefused(ThingSpaceError):
    """ThingSpace does not accept the application key, the user or the session."""

    @classmethod
    def key(cls, code: str) -> Self:
        return cls._of(
            f"ThingSpace does not accept this application key ({code})",
            "check fota:key and fota:secret against Key Management in the ThingSpace portal",
        )

    @classmethod
    def same_bearer(cls, code: str) -> Self:
        return cls._of(
            f"the token endpoint keeps giving a token that the API refuses ({code})",
            "see in the ThingSpace portal whether the key is subscribed to Software Management",
        )

    @classmethod
    def second_bearer(cls, code: str) -> Self:
        return cls._of(
            f"the API refused a new token too ({code})",
            "see in the ThingSpace portal whether the key is subscribed to Software Management",
        )

    @classmethod
    def access_token(cls, code: str) -> Self:
        return cls._of(
            f"ThingSpace does not accept the token of fota:accessToken ({code})",
            "set a fresh one, or fota:key and fota:secret, with which tokens are fetched",
        )

    @classmethod
    def session_token(cls, code: str) -> Self:
        return cls._of(
            f"ThingSpace does not accept the session of fota:sessionToken ({code})",
            "set a fresh one, or fota:username and fota:password, with which sessions are opened",
        )

    @classmethod
    def second_session(cls, code: str) -> Self:
        return cls._of(
            f"the session ended again right after a new login ({code})",
            "another program may be using the same UWS user: give this one a user of its own",
        )

    @classmethod
    def user(cls, code: str) -> Self:
        return cls._of(
            f"ThingSpace refused user and password ({code})",
            "correct fota:username or fota:password; this pair is not sent again for an hour, since five refusals in "
            "a row lock the user",
        )

    @classmethod
    def not_sent_again(cls, minutes: int, path: str) -> Self:
        return cls._of(
            f"ThingSpace refused this user and password {minutes} min ago, and they were not sent again, since five "
            "refusals in a row lock the user",
            f"correct them; if they are right by now, delete {path}" if path else "correct them",
        )


class RequestRefused(ThingSpaceError):
    """ThingSpace understood the request and refuses it."""

    @classmethod
    def by_service(cls, status: int, words: str, *, do: str) -> Self:
        return cls._of(f"ThingSpace refused it ({status}): {words}", do)

    @classmethod
    def not_allowed(cls, status: int, words: str) -> Self:
        return cls._of(
            f"the gateway refused it ({status}): {words}",
            "fota:baseUrl is wrong, or the key is not enabled for Software Management",
        )

    @classmethod
    def redirected(cls, status: int, host: str) -> Self:
        return cls._of(
            f"the answer was a redirect ({status}) to {host}, and credentials were not sent there",
            "check fota:baseUrl, and for a login page of a proxy",
        )


class ServiceUnavailable(ThingSpaceError):
    """ThingSpace cannot be reached, or fails. The same run may work later."""

    @classmethod
    def host_not_found(cls, host: str) -> Self:
        return cls._of(f"the host {host} was not found", "check the network, a VPN, or fota:baseUrl")

    @classmethod
    def connection_refused(cls, host: str, port: int) -> Self:
        return cls._of(
            f"{host} refused the connection on port {port}",
            "a proxy or firewall may be in the way, or fota:baseUrl is wrong",
        )

    @classmethod
    def no_connection(cls, host: str, seconds: float) -> Self:
        return cls._of(
            f"{host} did not accept a connection within {round(seconds, 1):g} s", "check the network, a VPN, or a firewall"
        )

    @classmethod
    def no_route(cls, host: str, reason: str) -> Self:
        return cls._of(f"{host} cannot be reached ({reason})", "check the network, a VPN, or a firewall")

    @classmethod
    def proxy_refused(cls, proxy: str, status: int) -> Self:
        return cls._of(
            f"the proxy {proxy} answered {status} to CONNECT",
            "give HTTPS_PROXY a user and password that it takes, or set NO_PROXY",
        )

    @classmethod
    def tls_broken(cls, host: str, reason: str) -> Self:
        return cls._of(
            f"the TLS handshake with {host} broke ({reason})", "check fota:baseUrl, and for a proxy in the way"
        )

    @classmethod
    def certificate(cls, host: str, reason: str) -> Self:
        return cls._of(
            f"the certificate of {host} is not trusted by this machine ({reason})",
            "behind a proxy that opens TLS, set fota:caBundle to the file of its CA",
        )

    @classmethod
    def expired_certificate(cls, host: str) -> Self:
        return cls._of(f"the certificate of {host} has expired", "check the clock of this machine, and fota:baseUrl")

    @classmethod
    def foreign_certificate(cls, host: str) -> Self:
        return cls._of(
            f"the certificate that {host} shows is not its own", "check fota:baseUrl, and for a proxy in the way"
        )

    @classmethod
    def broken(cls) -> Self:
        return cls._of("the connection broke before an answer came", "run it again")

    @classmethod
    def silent(cls, seconds: float) -> Self:
        return cls._of(f"no byte came for {seconds:g} s", "run it again")

    @classmethod
    def too_slow(cls, seconds: float) -> Self:
        return cls._of(f"no complete answer came within {seconds:g} s", "run it again, or raise fota:timeout")

    @classmethod
    def cut(cls, got: int, expected: int) -> Self:
        return cls._of(f"the answer was cut off ({got:,} of {expected:,} bytes)", "run it again")

    @classmethod
    def cut_in_chunks(cls) -> Self:
        return cls._of("the answer was cut off before its last chunk", "run it again")

    @classmethod
    def unavailable(cls, status: int, words: str) -> Self:
        return cls._of(f"ThingSpace is unavailable ({status}{words})", "run it again later")

    @classmethod
    def throttled(cls, status: int, words: str) -> Self:
        return cls._of(
            f"ThingSpace limits the calls of this key ({status}{words})",
            "run it again later, with a lower fota:concurrency",
        )

    @classmethod
    def long_wait(cls, found: str, seconds: float, deadline: float) -> Self:
        return cls._of(
            f"{found}, and asks to wait {seconds:,.0f} s; this read waits 60 s at once and {deadline:g} s in all",
            "run it again after that time",
        )

    @classmethod
    def unfinished_login(cls, cause: str) -> Self:
        return cls._of(
            f"the login did not finish ({cause}), and was not tried again: it may have counted as refused, and five "
            "refusals in a row lock the user",
            "run it again later",
        )

    @classmethod
    def flapping(cls, failed: int, sent: int, cause: str) -> Self:
        return cls._of(
            f"too many requests failed ({failed:,} of {sent:,}), the last one so: {cause}", "run it again later"
        )

    @classmethod
    def out_of_time(cls, seconds: float, cause: str | None) -> Self:
        first = f"; the first trouble was: {cause}" if cause else ""
        return cls._of(f"it was not done within {seconds:g} s{first}", "run it again, or raise fota:deadline")


_REPORT = "please report it as an issue of pulumi_fota"


class UnexpectedResponse(ThingSpaceError):
    """ThingSpace answered with something that its API does not document."""

    @classmethod
    def empty(cls, status: int) -> Self:
        return cls._of(f"ThingSpace answered {status} without a body", _REPORT)

    @classmethod
    def not_http(cls) -> Self:
        return cls._of("the answer is not HTTP", "check fota:baseUrl, and for a proxy in the way")

    @classmethod
    def too_large(cls, most: int) -> Self:
        return cls._of(f"the answer is larger than {most // 2**20} MiB", _REPORT)

    @classmethod
    def not_unpacked(cls) -> Self:
        return cls._of("the answer could not be unpacked", _REPORT)

    @classmethod
    def bad_json(cls, found: str, excerpt: str) -> Self:
        return cls._of(f"the answer {found}{excerpt}", _REPORT)

    @classmethod
    def page(cls, status: int, content_type: str, excerpt: str) -> Self:
        return cls._of(
            f"the answer is {content_type}, not JSON ({status}){excerpt}",
            "this may be the login page of a proxy: check the network and fota:baseUrl",
        )

    @classmethod
    def no_object(cls, found: str) -> Self:
        return cls._of(f"the answer is {found}, an object was expected", _REPORT)

    @classmethod
    def no_key(cls, key: str) -> Self:
        return cls._of(f"the answer has no `{key}`", _REPORT)

    @classmethod
    def no_imei(cls, found: str) -> Self:
        return cls._of(f"a device of the answer has {found} for `deviceId`, where an IMEI was expected", _REPORT)

    @classmethod
    def wrong_type(cls, key: str, imei: str, *, found: str, expected: str) -> Self:
        of = f" of device {imei}" if imei else ""
        return cls._of(f"`{key}`{of} is {found}, {expected} was expected", _REPORT)

    @classmethod
    def no_token(cls, what: str) -> Self:
        return cls._of(f"ThingSpace answered without {what} that can be used", _REPORT)

    @classmethod
    def no_cursor(cls) -> Self:
        return cls._of(
            "the answer says that there is more (`hasMoreData`), but not where (`lastSeenDeviceId`)", _REPORT
        )

    @classmethod
    def bad_cursor(cls, found: str) -> Self:
        return cls._of(f"`lastSeenDeviceId` is {found!r}, where an IMEI was expected", _REPORT)

    @classmethod
    def cursor_not_growing(cls, page: int, cursor: str, last: str) -> Self:
        return cls._of(f"page {page:,} does not go forward (cursor {cursor} after {last})", _REPORT)

    @classmethod
    def too_many_pages(cls, most: int) -> Self:
        return cls._of(f"there were more than {most:,} pages", _REPORT)

    @classmethod
    def contradiction(cls, imei: str) -> Self:
        return cls._of(f"device {imei} came twice, with different facts", "run it again: it may have just changed")

    @classmethod
    def other_devices(cls, foreign: str, absent: str) -> Self:
        return cls._of(f"ThingSpace answered for other devices than asked, such as {foreign} and not {absent}", _REPORT)

    @classmethod
    def other_account(cls, found: str, account: str) -> Self:
        return cls._of(f"ThingSpace answered for account {found!r}, asked for {account!r}", _REPORT)


# The gate.


class GateFailed(FotaError):
    """The fleet is not as a gate of the program demands."""

    @classmethod
    def with_message(cls, message: str) -> Self:
        # The gate's own message module writes the text, since warnings and reports show the same.
        return cls(message)
