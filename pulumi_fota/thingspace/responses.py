"""What an answer means: a result, a token that has died, or a refusal and what to do about it.

Knows the error bodies of each layer of ThingSpace, and what proxies send in their place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pulumi_fota._text import safe
from pulumi_fota.errors import CredentialsRefused, RequestRefused, ServiceUnavailable, UnexpectedResponse
from pulumi_fota.thingspace.failure import Failure
from pulumi_fota.thingspace.refusal_body import Refusal, excerpt, media_type
from pulumi_fota.thingspace.retry_after import seconds_to_wait
from pulumi_fota.thingspace.strict_json import BrokenJson, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.errors import ThingSpaceError
    from pulumi_fota.thingspace.request import Request, Response

T = TypeVar("T")

_TRANSIENT = frozenset({408, 425, 502, 503, 504})
_THROTTLED = 429
# ThingSpace, Connectivity Management synchronous error messages: 900901 is a wrong or an expired bearer alike.
_BEARER_CODES = frozenset({"900901", "900903", "900904"})
_NOT_THE_USER = ("REQUEST_FAILED.UnexpectedError", "INPUT_INVALID.RequestUndefined")
_SESSION = re.compile(r"SessionToken|\bUWS\b|unauthorized for given token")
_NOT_THE_SESSION = re.compile(r"find account")
# The neighbouring services of the platform answer 401 and 500 for refusals of business too.
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


def interpret_response(response: Response, request: Request, decode: Callable[[Any], T]) -> T | Failure:
    """Make of an answer what it is: a result, or a failure."""
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004 (success)
        return _read(response, request, decode)
    if 300 <= status < 400:  # noqa: PLR2004 (redirects)
        return Failure(RequestRefused.redirected(status, _host(response.location)))
    refusal = Refusal.of(response, request)
    refuses = _refused_token(status, request, refusal)
    if refuses:
        error: ThingSpaceError = RequestRefused.by_service(status, refusal.words, do="run it again")
        return Failure(error, refuses=refuses, code=refusal.code or str(status))
    if status == _THROTTLED or status in _TRANSIENT:
        return _later(response, refusal)
    if status >= 500 and refusal.code not in _BUSINESS:  # noqa: PLR2004 (the service's own failures)
        return Failure(ServiceUnavailable.unavailable(status, refusal.code), attempts=2)
    return _refused(status, request, refusal)


def _read(response: Response, request: Request, decode: Callable[[Any], T]) -> T | Failure:
    if not response.body.strip():
        return Failure(UnexpectedResponse.empty(response.status), attempts=2)
    if response.body.lstrip()[:1] == b"<":
        kind = media_type(response) or "a page"
        return Failure(UnexpectedResponse.page(response.status, kind, excerpt(response, request)))
    try:
        return decode(parse(response.body))
    except BrokenJson as broken:
        error = UnexpectedResponse.bad_json(broken.found, f"{broken.quoted}{excerpt(response, request)}")
        return Failure(error, attempts=1 if broken.position is None else 2)
    except UnexpectedResponse as unexpected:
        return Failure(unexpected)


def _host(location: str) -> str:
    try:
        return safe(urlsplit(location).hostname or "") or "nowhere"
    except ValueError:
        return "nowhere"


def _refused_token(status: int, request: Request, refusal: Refusal) -> Any:
    """Tell which token has died. An unknown 401 is the bearer's: if it is not, a new one brings the session's code."""
    if request.kind == "token" or refusal.code in _BUSINESS:
        return None
    if refusal.code in _BEARER_CODES:
        return "bearer"
    if request.kind == "login":
        return None
    if _SESSION.search(refusal.text) and not _NOT_THE_SESSION.search(refusal.text):
        return "bearer" if "[401]" in refusal.text else "session"
    return "bearer" if status == 401 and not refusal.code.startswith("9009") else None  # noqa: PLR2004 (unauthorized)


def _later(response: Response, refusal: Refusal) -> Failure:
    if response.status == _THROTTLED:
        error = ServiceUnavailable.throttled(response.status, refusal.code)
    else:
        error = ServiceUnavailable.unavailable(response.status, refusal.code)
    return Failure(error, attempts=3, wait=seconds_to_wait(response))


def _refused(status: int, request: Request, refusal: Refusal) -> Failure:
    code = refusal.code or str(status)
    if refusal.is_gateway or status == 404:  # noqa: PLR2004 (not found)
        return Failure(RequestRefused.not_allowed(status, refusal.words))
    if request.kind == "token" and (status == 401 or code in {"invalid_client", "unauthorized_client"}):  # noqa: PLR2004
        return Failure(CredentialsRefused.key(code))
    if request.kind == "login":
        if code.endswith(_NOT_THE_USER):  # Whether it counted cannot be told, so it is neither tried again nor kept.
            return Failure(RequestRefused.by_service(status, refusal.words, do=""), attempts=2)
        if refusal.code or status in (400, 401):
            return Failure(CredentialsRefused.user(code))
        return Failure(ServiceUnavailable.unavailable(status, ""), attempts=2)
    attempts = 2 if "UnexpectedError" in code else 1
    return Failure(RequestRefused.by_service(status, refusal.words, do=_advice(request, refusal)), attempts=attempts)


def _advice(request: Request, refusal: Refusal) -> str:
    if refusal.code in _BUSINESS:
        return _BUSINESS[refusal.code]
    for words, advice in _ADVICE:
        if words in refusal.text:
            return advice
    if isinstance(request.body, bytes) and len(request.body) > _MANY_BYTES:
        return "if the list is too long for it, set fota:batchSize to 100"
    return "ask Verizon's support what it means"
