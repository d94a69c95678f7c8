"""What a response means: JSON, a token that has died, or a refusal and what to do about it.

Knows the error bodies of each layer of ThingSpace, the pages that proxies send instead, and the credentials that no
error may repeat. Knows nothing of devices.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus, urlsplit

import attrs

from pulumi_fota._text import safe, shown
from pulumi_fota.errors import REPORT, CredentialsRefused, RequestRefused, ServiceUnavailable, UnexpectedResponse
from pulumi_fota.thingspace.http import Failure
from pulumi_fota.thingspace.strict_json import BrokenJson, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fota._secret import Secret
    from pulumi_fota.errors import ThingSpaceError
    from pulumi_fota.thingspace.http import Credential, FailureKind, Request, Response

_TRANSIENT = frozenset({408, 425, 502, 503, 504})
_THROTTLED = 429
# ThingSpace, Connectivity Management synchronous error messages: 900901 is a wrong or an expired bearer alike.
_BEARER_CODES = frozenset({"900901", "900903", "900904"})
_NOT_THE_USER = ("REQUEST_FAILED.UnexpectedError", "INPUT_INVALID.RequestUndefined")
_LOCKED = re.compile(r"(?<!b)(?<!un)locked", re.IGNORECASE)  # Code and words are not documented; not "blocked".
_SESSION = re.compile(r"SessionToken|\bUWS\b|unauthorized for given token")
_NOT_THE_SESSION = re.compile(r"find account")
# The neighbouring services of the platform answer 401 and 500 for business refusals too.
_BUSINESS = {
    "INVALID_ACCOUNT": "check fota:account, and that fota:username may use it",
    "INACTIVE_ACCOUNT": "ask your Verizon representative to activate the account for Software Management",
    "UNREGISTERED_ACCOUNT": "ask your Verizon representative to register the account for Software Management",
    "NOT_FOUND": "check fota:account",
}
_ADVICE = (
    ("Invalid account name format", "check the zeros, the dash and the quotes of fota:account"),
    ("Inactive account", _BUSINESS["INACTIVE_ACCOUNT"]),
    ("Invalid device id format", "check the IMEIs: 15 digits each, without blanks or dashes"),
    ("LastSeenDeviceId", "run it again: the account may have changed while it was read"),
    ("index", "run it again: the account may have changed while it was read"),
    ("REQUEST_FAILED.AccountName", "check fota:account, and that fota:username may use it"),
    ("AccountNotFound", "check the zeros, the dash and the quotes of fota:account"),
    ("find account", "check the zeros, the dash and the quotes of fota:account"),
)
_MANY_BYTES = 2_000  # About a hundred IMEIs.
_LONGEST_QUOTE = 150
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z.+-]{1,60}", re.IGNORECASE)  # Without digits, which might be anything's.
_XML_PART = re.compile(r"<(?:am:)?(code|message|description)>([^<]{0,500})<")


def interpret_response(response: Response, request: Request, scanner: CredentialScanner) -> Any | Failure:
    """Return the JSON of a response, or what failed. The error of a failure never repeats a credential."""
    outcome = _interpret(response, request)
    if isinstance(outcome, Failure) and scanner.found_in(
        response.content_type, response.location, *response.retry_after, response.body.decode("utf-8", "replace")
    ):
        error = withheld(type(outcome.error), f"ThingSpace answered {response.status}, and the answer")
        return attrs.evolve(outcome, error=error, code=str(response.status))
    return outcome


def withheld(kind: type[ThingSpaceError], answer: str) -> ThingSpaceError:
    """Return the error in place of one that would quote a response which repeats a credential."""
    do = "look for a proxy that repeats what it was sent"
    return kind(f"{answer} repeats a credential, so it is not shown", do)


def _interpret(response: Response, request: Request) -> Any | Failure:
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004 (success)
        return _json_of(response, request)
    if 300 <= status < 400:  # noqa: PLR2004 (redirects)
        return _redirected(response)
    refusal = _Refusal.of(response, request)
    if token := _refused_token(status, request, refusal):
        return Failure(
            _refused(status, refusal, "run it again"), "final", refuses=token, code=refusal.code or str(status)
        )
    if status == _THROTTLED or status in _TRANSIENT:
        return Failure(_unavailable(status, refusal.code), "busy")
    if status >= 500 and refusal.code not in _BUSINESS:  # noqa: PLR2004 (the service's own failures)
        return Failure(_unavailable(status, refusal.code), "failed")
    return _refusal(status, request, refusal)


def _json_of(response: Response, request: Request) -> Any | Failure:
    if not response.body.strip():
        return Failure(UnexpectedResponse(f"ThingSpace answered {response.status} without a body", REPORT), "garbled")
    if response.body.lstrip()[:1] == b"<":
        found = f"the answer is {_media_type(response) or 'a page'}, not JSON ({response.status})"
        do = "this may be the login page of a proxy: check the network and fota:baseUrl"
        return Failure(UnexpectedResponse(found, do, quoted=_excerpt(response, request)), "final")
    try:
        return parse(response.body)
    except BrokenJson as broken:
        quoted = f"{broken.quoted}{_excerpt(response, request)}"
        error = UnexpectedResponse(f"the answer {broken.found}", REPORT, quoted=quoted)
        return Failure(error, "final" if broken.position is None else "garbled")


def _redirected(response: Response) -> Failure:
    try:
        host = safe(urlsplit(response.location).hostname or "") or "nowhere"
    except ValueError:
        host = "nowhere"
    error = RequestRefused(
        f"the answer was a redirect ({response.status})",
        "check fota:baseUrl, and whether a proxy asks for a login",
        quoted=f" to {host}",
        rest=", and credentials were not sent there",
    )
    return Failure(error, "final")


def _refused_token(status: int, request: Request, refusal: _Refusal) -> Literal["bearer", "session"] | None:
    """Return which token has died.

    An unknown 401 counts against the bearer: if the session has died, the next bearer brings the session's code.
    """
    if request.kind == "token" or refusal.code in _BUSINESS:
        return None
    if refusal.code in _BEARER_CODES:
        return "bearer"
    if request.is_login:
        return None
    if _SESSION.search(refusal.text) and not _NOT_THE_SESSION.search(refusal.text):
        return "bearer" if "[401]" in refusal.text else "session"
    return "bearer" if status == 401 and not refusal.code.startswith("9009") else None  # noqa: PLR2004 (unauthorized)


def _unavailable(status: int, code: str) -> ServiceUnavailable:
    quoted = f", {code}" if code else ""
    if status == _THROTTLED:
        found, do = "ThingSpace limits the calls of this key", "run it again later, with a lower fota:concurrency"
    else:
        found, do = "ThingSpace is unavailable", "run it again later"
    return ServiceUnavailable(f"{found} ({status}", do, quoted=quoted, rest=")")


def _refused(status: int, refusal: _Refusal, do: str) -> RequestRefused:
    return RequestRefused(f"ThingSpace refused the request ({status})", do, quoted=f": {refusal.words}")


def _refusal(status: int, request: Request, refusal: _Refusal) -> Failure:
    error: ThingSpaceError
    kind: FailureKind = "final"
    refuses: Credential | None = None
    code = refusal.code or str(status)
    if refusal.is_gateway or status == 404:  # noqa: PLR2004 (not found)
        do = "fota:baseUrl is wrong, or the key is not enabled for Software Management"
        error = RequestRefused(f"the gateway refused the request ({status})", do, quoted=f": {refusal.words}")
    elif request.kind == "token" and (status == 401 or code in {"invalid_client", "unauthorized_client"}):  # noqa: PLR2004
        refuses = "key"
        do = "check fota:key and fota:secret against Key Management in the ThingSpace portal"
        error = CredentialsRefused("ThingSpace does not accept this application key", do, quoted=f" ({code})")
    elif not request.is_login:
        error = _refused(status, refusal, _advice(request, refusal))
        kind = "failed" if "UnexpectedError" in code else "final"
    elif code.endswith(_NOT_THE_USER):  # Nobody can tell whether it counted, so it is neither repeated nor remembered.
        error, kind = _refused(status, refusal, ""), "failed"
    elif _LOCKED.search(refusal.text):
        refuses, do = "locked user", "only Verizon unlocks it: ask its support"
        error = CredentialsRefused("ThingSpace has locked this user", do, quoted=f" ({code})")
    elif refusal.code or status in (400, 401):
        refuses, do = "user", "correct fota:username or fota:password"
        error = CredentialsRefused("ThingSpace refused user and password", do, quoted=f" ({code})")
    else:
        error, kind = _unavailable(status, ""), "failed"
    return Failure(error, kind, refuses=refuses, code=code)


def _advice(request: Request, refusal: _Refusal) -> str:
    if refusal.code in _BUSINESS:
        return _BUSINESS[refusal.code]
    for words, advice in _ADVICE:
        if words in refusal.text:
            return advice
    if isinstance(request.body, bytes) and len(request.body) > _MANY_BYTES:
        return "if the list is too long for ThingSpace, set fota:batchSize to 100"
    return "ask Verizon's support what this means"


# The words of a refusal, in whatever form they come. Five are documented; a proxy adds its pages.


@attrs.frozen(kw_only=True)
class _Refusal:
    """What a layer of ThingSpace says when it refuses."""

    code: str = ""  #: Its own code, of letters, digits, dots, dashes and underscores; may be empty.
    words: str  #: Code and message for the user: printable and short.
    text: str = ""  #: All of it, to be searched.
    is_gateway: bool = False  #: Whether the gateway refused, before any service saw the request.

    @classmethod
    def of(cls, response: Response, request: Request) -> _Refusal:
        """Read the body of a refusal (ThingSpace, Connectivity Management synchronous error messages; RFC 6749)."""
        media_type = _media_type(response) or "a body without a type" if response.body.strip() else "without a body"
        fields, is_gateway = _fields(response.body)
        if not fields:
            return cls(words=f"{media_type}{_excerpt(response, request)}")
        code = fields[0] if _CODE.fullmatch(fields[0]) else ""
        words = (
            code if request.carries_credentials else safe(_in_one_line(" ".join(fields[:2])), longest=_LONGEST_QUOTE)
        )
        return cls(code=code, words=words or media_type, text=" ".join(fields), is_gateway=is_gateway)


def _fields(body: bytes) -> tuple[list[str], bool]:
    """Return code, message and the rest, and whether they are the gateway's."""
    if b"<am:fault" in body[:200]:
        parts = dict(_XML_PART.findall(body[:4000].decode("utf-8", "replace")))
        return [parts.get("code", ""), parts.get("message", ""), parts.get("description", "")], True
    try:
        value = parse(body)
    except BrokenJson:
        return [], False
    if not isinstance(value, dict):
        return [], False
    wrapped = value.get("fault")
    gateway = wrapped if isinstance(wrapped, dict) else value
    for source, *names in (
        (gateway, "code", "message", "description"),
        (value, "errorCode", "errorMessage"),
        (value, "error", "error_description", "cause"),
    ):
        if names[0] in source:
            return [_as_text(source.get(name)) for name in names], names[0] == "code"
    return [], False


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _excerpt(response: Response, request: Request) -> str:
    """Quote the beginning of a body, unless it answers a request whose response holds a token."""
    if request.carries_credentials or not response.body.strip():
        return ""
    beginning = _in_one_line(response.body[:2000].decode("utf-8", "replace"))
    return f", it begins with {shown(beginning, longest=_LONGEST_QUOTE)}"


def _media_type(response: Response) -> str:
    """Return the type of a body, such as `text/html`, or an empty text if the type is none that can be shown."""
    name = response.content_type.partition(";")[0].strip()
    return name if _MEDIA_TYPE.fullmatch(name) else ""


def _in_one_line(text: str) -> str:
    """Return text as one line without a full stop at its end, since a sentence goes on after it."""
    return " ".join(text.split()).removesuffix(".")


# Credentials in what the service sends back.

_PART = 8  # Characters by which a credential is recognized: a shorter part of one helps nobody.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


class CredentialScanner:
    """Recognizes the credentials of one application and one user, in whole or in part.

    Some proxies answer with the request that they could not pass on. Such a response is not shown at all: removing the
    credentials from it would depend on finding every spelling of each.
    """

    def __init__(self, *secrets: Secret | None) -> None:
        self._secrets = {secret for secret in secrets if secret is not None}

    def add(self, secret: Secret) -> None:
        """Add a credential, such as a token that was fetched."""
        self._secrets.add(secret)

    def found_in(self, *texts: str) -> bool:
        """Return whether texts of a response repeat a credential, plainly or as JSON, HTML and URLs write it."""
        readings = {reading.casefold() for reading in _readings("\n".join(texts))}
        return any(part.search(reading) for part in self._parts() for reading in readings)

    def _parts(self) -> Iterator[re.Pattern[str]]:
        for secret in tuple(self._secrets):  # Another thread may add one meanwhile.
            text = secret.reveal().casefold()
            if len(text) < _PART:  # So short that it may be part of any word.
                yield re.compile(rf"(?<![^\W_]){re.escape(text)}(?![^\W_])")
            else:
                yield re.compile(re.escape(_first_part(text)))
                yield re.compile(re.escape(_first_part(text[::-1])[::-1]))


def _first_part(text: str) -> str:
    """Return the beginning of a text, long enough not to be an ordinary word, as `password` would be."""
    length = _PART
    while text[:length].isalpha() and length < len(text):
        length += 1
    return text[:length]


def _readings(text: str) -> Iterator[str]:
    yield text
    yield _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2], text)
    yield html.unescape(text)
    yield unquote_plus(text)
