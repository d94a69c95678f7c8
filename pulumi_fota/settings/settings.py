"""The settings that there are, and the values that a read or a gate needs.

`SETTINGS` is the one table: `Connection`, the search for values, the check for unknown names and `docs/settings.md`
follow it. Knows nothing of where a program keeps its settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.settings import checks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota._secret import Secret
    from pulumi_fota.settings.checks import Check


@attrs.frozen(kw_only=True)
class Setting:
    """One row of the table.

    Attributes:
        name: The name in Python, such as `base_url`.
        meaning: What it means, in one sentence.
        check: What makes a value valid.
        default: The value if nobody sets it.
        secret: Whether it is a credential.
        in_environment: Whether an environment variable may hold it.
        in_connection: Whether a `Connection`, an entry of `fota:connections` or its variables may hold it.
    """

    name: str
    meaning: str
    check: Check
    default: Any = None
    secret: bool = False
    in_environment: bool = True
    in_connection: bool = True

    @property
    def key(self) -> str:
        """The key in stack config, without the namespace, and in an entry of `fota:connections`: `baseUrl`."""
        head, *tail = self.name.split("_")
        return head + "".join(part.title() for part in tail)

    @property
    def variable(self) -> str:
        """The name of the environment variable, after `FOTA_` or `FOTA_CONNECTION_<NAME>_`: `BASE_URL`."""
        return self.name.upper()


_ALL = (
    Setting(
        name="account",
        meaning="The billing account, with its zeros and dash. Required. YAML drops leading zeros, so quote it.",
        check=checks.account,
    ),
    Setting(
        name="key",
        meaning="The application's key. Required with the secret, unless there is an access token.",
        check=checks.key,
        secret=True,
    ),
    Setting(
        name="secret",
        meaning="The application's secret.",
        check=checks.secret,
        secret=True,
    ),
    Setting(
        name="username",
        meaning="The UWS user, not that of the developer portal. Required with the password, unless there is a "
        "session token.",
        check=checks.text,
    ),
    Setting(
        name="password",
        meaning="The UWS user's password.",
        check=checks.secret,
        secret=True,
    ),
    Setting(
        name="access_token",
        meaning="A bearer token to use instead of key and secret.",
        check=checks.token,
        secret=True,
    ),
    Setting(
        name="session_token",
        meaning="The token of a session to use instead of username and password.",
        check=checks.token,
        secret=True,
    ),
    Setting(
        name="base_url",
        meaning="The address of the service. Plain http is only possible to this machine.",
        check=checks.base_url,
        default="https://thingspace.verizon.com",
    ),
    Setting(
        name="protocol",
        meaning="Read only devices of this protocol: `LWM2M`, `OMADM` or `HTTP`.",
        check=checks.protocol,
    ),
    Setting(
        name="concurrency",
        meaning="The number of requests at once, 64 at most.",
        check=checks.count(1, 64),
        default=4,
    ),
    Setting(
        name="batch_size",
        meaning="The number of IMEIs in one request, 1,000 at most. The carrier does not document its limit.",
        check=checks.count(1, 1000),
        default=1000,
    ),
    Setting(
        name="timeout",
        meaning="The number of seconds for one attempt, 300 at most.",
        check=checks.seconds(300),
        default=30.0,
    ),
    Setting(
        name="deadline",
        meaning="The number of seconds for the whole read, 1,800 at most. A read never takes longer.",
        check=checks.seconds(1800),
        default=300.0,
    ),
    Setting(
        name="ca_bundle",
        meaning="A file of CA certificates in PEM form, instead of those of the system.",
        check=checks.path,
    ),
    Setting(
        name="gate",
        meaning="`mandatory`, or `advisory` to rehearse every gate without stopping, with a warning on every run.",
        check=checks.gate_mode,
        default="mandatory",
        in_environment=False,
        in_connection=False,
    ),
    Setting(
        name="report_dir",
        meaning="The folder for report files of gates, relative to the program's folder.",
        check=checks.path,
        in_connection=False,
    ),
    Setting(
        name="mask_imeis",
        meaning="Whether gates hide the middle of each IMEI in their messages and reports.",
        check=checks.boolean,
        default=False,
        in_connection=False,
    ),
    Setting(
        name="connections",
        meaning="Other accounts with their credentials, by name.",
        check=checks.connections,
        in_environment=False,
        in_connection=False,
    ),
)

#: Every setting by its name.
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _ALL}


@attrs.frozen(kw_only=True)
class Application:
    """The application's credentials: key and secret, a bearer token, or both."""

    key: Secret | None = None
    secret: Secret | None = None
    access_token: Secret | None = None


@attrs.frozen(kw_only=True)
class User:
    """The UWS user's credentials: name and password, the token of a session, or both."""

    username: str | None = None
    password: Secret | None = None
    session_token: Secret | None = None


@attrs.frozen(kw_only=True)
class Settings:
    """The checked settings of a read.

    Attributes:
        connection: The name of the connection, if it has one.
        refreshable: False for a `Connection` without a name, which a refresh could not find again.
        origins: By the name of each setting that was found, what the place is called where it was found.
    """

    account: str
    application: Application
    user: User
    base_url: str = SETTINGS["base_url"].default
    protocol: str | None = SETTINGS["protocol"].default
    concurrency: int = SETTINGS["concurrency"].default
    batch_size: int = SETTINGS["batch_size"].default
    timeout: float = SETTINGS["timeout"].default
    deadline: float = SETTINGS["deadline"].default
    ca_bundle: str | None = SETTINGS["ca_bundle"].default
    connection: str | None = None
    refreshable: bool = True
    origins: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class GateSettings:
    """The settings that every gate of the program obeys.

    Attributes:
        advisory: Whether `fota:gate` is `advisory`: gates are rehearsed, and stop nothing.
        report_dir: The folder for reports, relative to the program's folder.
        mask_imeis: Whether messages and reports hide the middle of an IMEI.
        origins: As in `Settings`.
    """

    advisory: bool = False
    report_dir: str | None = SETTINGS["report_dir"].default
    mask_imeis: bool = SETTINGS["mask_imeis"].default
    origins: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)
