"""The words of a refusal, in whatever shape they come.

Five shapes are documented; a proxy adds its pages. Nothing here can fail.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._text import safe, shown
from pulumi_fota.thingspace.strict_json import BrokenJson, parse

if TYPE_CHECKING:
    from pulumi_fota.thingspace.request import Request, Response

_MOST_WORDS = 150
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z.+-]{1,60}", re.IGNORECASE)  # Without digits, which might be anything's.
_XML_PART = re.compile(r"<(?:am:)?(code|message|description)>([^<]{0,500})<")


@attrs.frozen(kw_only=True)
class Refusal:
    """What a layer of ThingSpace says when it refuses."""

    code: str = ""  #: Its own code, of letters, digits, dots, dashes and underscores; may be empty.
    words: str  #: Code and message for the user: printable and short.
    text: str = ""  #: All of it, to be searched.
    is_gateway: bool = False  #: Whether the gateway refused, before any service saw the request.

    @classmethod
    def of(cls, response: Response, request: Request) -> Refusal:
        """Read the body of a refusal (ThingSpace, Connectivity Management synchronous error messages; RFC 6749)."""
        fields, is_gateway = _fields(response.body)
        if not fields:
            return cls(words=f"{_kind(response)}{excerpt(response, request)}")
        code = fields[0] if _CODE.fullmatch(fields[0]) else ""
        words = code if request.carries_credentials else safe(in_one_line(" ".join(fields[:2])), longest=_MOST_WORDS)
        return cls(
            code=code,
            words=words or _kind(response),
            text=" ".join(fields),
            is_gateway=is_gateway,
        )


def excerpt(response: Response, request: Request) -> str:
    """Quote the beginning of a body, unless the request was one whose answer holds a token."""
    if request.carries_credentials or not response.body.strip():
        return ""
    return (
        f", it begins with {shown(in_one_line(response.body[:2000].decode('utf-8', 'replace')), longest=_MOST_WORDS)}"
    )


def _kind(response: Response) -> str:
    if not response.body.strip():
        return "without a body"
    return media_type(response) or "a body without a type"


def _fields(body: bytes) -> tuple[list[str], bool]:
    """Give code, message and the rest, and whether they are the gateway's."""
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
    for names, is_gateway in (
        (("code", "message", "description"), True),
        (("errorCode", "errorMessage"), False),
        (("error", "error_description", "cause"), False),
    ):
        source = gateway if is_gateway else value
        if names[0] in source:
            return [_plain(source.get(name)) for name in names], is_gateway
    return [], False


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def media_type(response: Response) -> str:
    """Return the type of a body, such as `text/html`, or an empty text if it says none that is known to be one."""
    name = response.content_type.partition(";")[0].strip()
    return name if _MEDIA_TYPE.fullmatch(name) else ""


def in_one_line(text: str) -> str:
    """Return text as one line without a full stop at its end, since a sentence goes on after it."""
    return " ".join(text.split()).removesuffix(".")
