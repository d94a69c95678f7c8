"""How to reach one account, given in the program.

A plain value that hides its secrets. Knows nothing of the other places where settings are kept.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs
import pulumi

from pulumi_fota._secret import Secret
from pulumi_fota.errors import InvalidArgument
from pulumi_fota.settings import checks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike


def _hidden(value: Any) -> Any:
    """Wrap text. Another type is left for the check that knows the setting's name."""
    return Secret(value) if isinstance(value, str) else value


def _starred(value: Any) -> str:
    return "None" if value is None else "***"  # An invalid value, such as the bytes of a file, is no less secret.


@attrs.frozen(kw_only=True)
class Connection:
    """Explicit settings of one account; what is left out comes from stack config and environment.

    `Connection.named("east")` takes account and credentials from `fota:connections` instead, which a `DeviceSnapshot`
    needs to find them again at refresh. Secrets print as `***`. All values are checked when the connection is used.

    Args:
        account: The billing account, with its zeros and dash. Required. YAML drops leading zeros, so quote it.
        key: The application's key. Required with the secret, unless there is an access token.
        secret: The application's secret.
        username: The UWS user, not that of the developer portal. Required with the password, unless there is a session
            token.
        password: The UWS user's password.
        access_token: A bearer token to use instead of key and secret.
        session_token: The token of a session to use instead of username and password.
        base_url: The address of the service. Plain http is only possible to this machine.
        protocol: Read only devices of this protocol: `LWM2M`, `OMADM` or `HTTP`.
        concurrency: The number of requests at once, 64 at most.
        batch_size: The number of IMEIs in one request, 1,000 at most. The carrier does not document its limit.
        timeout: The number of seconds for one attempt, 300 at most.
        deadline: The number of seconds for the whole read, 1,800 at most. A read never takes longer.
        ca_bundle: A file of CA certificates in PEM form, instead of those of the system.

    Attributes:
        name: The name in `fota:connections`, if it has one.
    """

    account: str | None = None
    key: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    secret: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    username: str | None = None
    password: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    access_token: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    session_token: str | Secret | None = attrs.field(default=None, converter=_hidden, repr=_starred)
    base_url: str | None = None
    protocol: str | None = None
    concurrency: int | None = None
    batch_size: int | None = None
    timeout: float | None = None
    deadline: float | None = None
    ca_bundle: str | PathLike[str] | None = None
    name: str | None = attrs.field(default=None, init=False)

    @classmethod
    def named(cls, name: str) -> Connection:
        """Take account and credentials from `fota:connections.<name>` or `FOTA_CONNECTION_<NAME>_…`.

        Raises:
            InvalidArgument: The name is an Output, or has characters other than letters, digits and underscores.
        """
        if isinstance(name, pulumi.Output):
            raise InvalidArgument(
                "the name of a connection is an Output, whose value is not known yet: make the Connection inside "
                ".apply, and pass the Output[Connection] to the function that ends in _output"
            )
        try:
            checked = checks.connection_name(name)
        except ValueError as reason:
            raise InvalidArgument(f"the name of a connection is {reason}") from None
        connection = cls()
        object.__setattr__(connection, "name", checked)
        return connection


def texts_of(connection: Connection) -> Iterator[str]:
    """Yield every text in a connection and the host of its address, which an error must not repeat if it is secret."""
    for value in attrs.asdict(connection, recurse=False).values():
        text = value.reveal() if isinstance(value, Secret) else value
        if isinstance(text, str | os.PathLike):
            yield os.fspath(text)
    if isinstance(connection.base_url, str):
        with suppress(ValueError):  # An address that cannot be split is not sent to, so no error names its host.
            yield urlsplit(connection.base_url).hostname or ""
    if connection.name:
        yield connection.name.upper()  # As in the variables of a connection.
