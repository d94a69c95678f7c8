"""How to reach one account, given in the program.

A plain value that hides its secrets. Knows nothing of where else settings come from.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import attrs
import pulumi

from pulumi_fota._secret import Secret
from pulumi_fota.errors import InvalidArgument
from pulumi_fota.settings import checks


def _hidden(value: Any) -> Any:
    """Wrap text. Another type is left for the check that knows the setting's name."""
    return Secret(value) if isinstance(value, str) else value


def _starred(value: Any) -> str:
    return "None" if value is None else "***"  # Also what is wrong: bytes of a file are no less secret.


@attrs.frozen(kw_only=True)
class Connection:
    """Explicit settings of one account; what is left out comes from config and environment.

    `Connection.named("east")` takes account and credentials from `fota:connections` instead, and is what a
    `DeviceSnapshot` needs to find them again at refresh. Secrets print as `***`. Values are checked when the
    connection is used, all of them at once.
    """

    account: str | None = None  #: The billing account, zeros and dash included.
    key: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)  #: The application's key.
    secret: str | Secret | None = attrs.field(
        default=None, converter=_hidden, repr=_starred
    )  #: The application's secret.
    username: str | None = None  #: The UWS user, another than that of the developer portal.
    password: str | Secret | None = attrs.field(
        default=None, converter=_hidden, repr=_starred
    )  #: The UWS user's password.
    #: A bearer token, in place of key and secret.
    access_token: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    #: The token of a session, in place of username and password.
    session_token: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    base_url: str | None = None  #: Where the service is; plain http only to this machine.
    protocol: str | None = None  #: `LWM2M`, `OMADM` or `HTTP`.
    concurrency: int | None = None  #: Requests at once.
    batch_size: int | None = None  #: IMEIs in one request.
    timeout: float | None = None  #: Seconds for one attempt.
    deadline: float | None = None  #: Seconds for the whole read.
    ca_bundle: str | None = None  #: A file of CA certificates.
    name: str | None = attrs.field(default=None, init=False)  #: Its name in `fota:connections`, if it has one.

    @classmethod
    def named(cls, name: str) -> Connection:
        """Take account and credentials from `fota:connections.<name>` or `FOTA_CONNECTION_<NAME>_…`.

        Raises:
            InvalidArgument: The name has other characters than letters, digits and underscores, or is an Output.
        """
        if isinstance(name, pulumi.Output):
            raise InvalidArgument.output_as_connection_name()
        try:
            checked = checks.connection_name(name)
        except ValueError as reason:
            raise InvalidArgument.bad_connection_name(str(reason)) from None
        connection = cls()
        object.__setattr__(connection, "name", checked)
        return connection


def texts_of(connection: Connection) -> list[str]:
    """Return every text in a connection, credentials included, and its host: what an error must not repeat."""
    values = [getattr(connection, field.name) for field in attrs.fields(Connection)]
    texts = [value.reveal() if isinstance(value, Secret) else value for value in values]
    with suppress(ValueError):  # An address that cannot be split is not sent to, so no error names its host.
        texts.append(urlsplit(connection.base_url).hostname if isinstance(connection.base_url, str) else None)
    texts.append(connection.name.upper() if connection.name else None)  # As its variables are called.
    return [text for text in texts if isinstance(text, str)]
