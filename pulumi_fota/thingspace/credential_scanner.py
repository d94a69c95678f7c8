"""The credentials of one application and one user, to be recognized in what the service sends back.

Some proxies answer with the request that they could not pass on. Such an answer is not shown at all: what is left of
it once the credentials are taken out would depend on finding every spelling of each.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fota._secret import Secret
    from pulumi_fota.thingspace.request import Response

_PART = 8  # Characters by which a credential is known: a shorter part of one helps nobody.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


class CredentialScanner:
    """Texts that no error may repeat, in whole or in part."""

    def __init__(self, *secrets: Secret | None) -> None:
        self._secrets = {secret for secret in secrets if secret is not None}

    def add(self, secret: Secret) -> None:
        """Know one more, such as a token that was fetched."""
        self._secrets.add(secret)

    def found_in(self, response: Response) -> bool:
        """Tell whether an answer repeats one of them, plainly or as JSON, HTML and URLs write it."""
        seen = [
            response.content_type,
            response.location,
            *response.retry_after,
            response.body.decode("utf-8", "replace"),
        ]
        texts = {reading.casefold() for reading in _readings("\n".join(seen))}
        return any(part.search(text) for part in self._parts() for text in texts)

    def _parts(self) -> Iterator[re.Pattern[str]]:
        for secret in tuple(self._secrets):  # Another thread may add one meanwhile.
            text = secret.reveal().casefold()
            if len(text) < _PART:  # Short enough to stand inside of any word.
                yield re.compile(rf"(?<![^\W_]){re.escape(text)}(?![^\W_])")
            else:
                yield re.compile(re.escape(_first_part(text)))
                yield re.compile(re.escape(_first_part(text[::-1])[::-1]))


def _first_part(text: str) -> str:
    """Give the beginning of a text, long enough to be no mere word: `password` stands in many answers."""
    length = _PART
    while text[:length].isalpha() and length < len(text):
        length += 1
    return text[:length]


def _readings(text: str) -> Iterator[str]:
    yield text
    yield _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2], text)
    yield html.unescape(text)
    yield unquote_plus(text)
