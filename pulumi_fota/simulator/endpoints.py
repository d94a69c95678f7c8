"""The endpoints of ThingSpace: checks as strict as its documentation, then the data.

Where the documentation is silent they are strict too, so that a client that relies on luck fails.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import attrs
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import parse_options_header
from werkzeug.routing import BaseConverter, Map, Rule

from pulumi_fota.simulator.auth import is_simulated
from pulumi_fota.simulator.http import FORM, JSON, Response
from pulumi_fota.simulator.refusals import REFUSALS, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota.simulator.auth import TokenRegistry
    from pulumi_fota.simulator.fleet import Account
    from pulumi_fota.simulator.http import Request

KINDS = ("token", "login", "devices", "account_devices", "firmware", "other")
"""What a request can ask for. `other` is all that the simulator does not answer with data."""

_ACCOUNT = re.compile(r"[A-Za-z0-9-]{3,32}")
_IMEI = re.compile(r"[0-9]{15}")

_APIS = ("/api/ts/v1/", "/api/m2m/v1/", "/api/fota/v1/", "/api/fota/v2/", "/api/fota/v3/")
_DEVICE_PROTOCOLS = {"LWM2M", "OMADM", "HTTP"}
_FIRMWARE_PROTOCOLS = {"LWM2M": "LWM2M", "OMD-DM": "OMADM", "HTTP": "HTTP", "all": ""}


class _Encoded(BaseConverter):
    """A segment of a path that is still percent-encoded."""

    def to_python(self, value: str) -> str:
        return unquote(value)


_PATHS = Map(
    [
        Rule("/api/ts/v1/oauth2/token", methods=["POST"], endpoint="token"),
        Rule("/api/m2m/v1/session/login", methods=["POST"], endpoint="login"),
        Rule("/api/fota/v3/devices/<encoded:name>", methods=["POST"], endpoint="devices"),
        Rule("/api/fota/v3/devices/<encoded:name>", methods=["GET"], endpoint="account_devices"),
        Rule("/api/fota/v3/firmware/<encoded:name>", methods=["GET"], endpoint="firmware"),
        # Calls of ThingSpace that the simulator does not implement.
        Rule("/api/ts/v1/oauth2/revoke", endpoint="not-simulated"),
        Rule("/api/m2m/v1/session/logout", endpoint="not-simulated"),
        Rule("/api/m2m/v1/session/password/actions/reset", endpoint="not-simulated"),
        Rule("/api/m2m/v1/devices/actions/list", endpoint="not-simulated"),
        Rule("/api/fota/v3/firmware/<encoded:name>/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v3/licenses/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v3/subscriptions/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v3/reports/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v3/campaigns/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v3/callbacks/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v2/<path:rest>", endpoint="not-simulated"),
        Rule("/api/fota/v1/<path:rest>", endpoint="not-simulated"),
    ],
    converters={"encoded": _Encoded},
    merge_slashes=False,
    redirect_defaults=False,
    strict_slashes=True,
).bind("simulator")


def find(method: str, path: str) -> tuple[str, str]:
    """Return the endpoint of a path, and the account in it.

    The endpoint is one of `KINDS`, or the name of a refusal.
    """
    if path.startswith("//"):
        return "not-found", ""  # The map would match it.
    try:
        endpoint, values = _PATHS.match(path, method=method)
    except MethodNotAllowed:
        return "900905", ""
    except HTTPException:
        return ("900906" if path.startswith(_APIS) else "not-found"), ""
    return endpoint, values.get("name", "")


@attrs.frozen(kw_only=True)
class Behavior:
    """Behavior that ThingSpace does not document.

    Attributes:
        page_size: The number of devices on a page of the account's list.
        post_page_size: The number of devices on a page of the response to a list of IMEIs. `None` for a single page
            that does not mention further ones.
        max_devices: The number of IMEIs that a request may have.
        unknown: What happens if an IMEI is not in the account: `omit` leaves it out, `row` returns a failed row for it,
            and `refuse` refuses the whole request.
    """

    page_size: int = attrs.field(validator=attrs.validators.ge(1))
    post_page_size: int | None = attrs.field(validator=attrs.validators.optional(attrs.validators.ge(1)))
    max_devices: int = attrs.field(validator=attrs.validators.ge(1))
    unknown: str = attrs.field(validator=attrs.validators.in_(("omit", "row", "refuse")))


class Endpoints:
    """The endpoints.

    Args:
        accounts: The accounts, by name.
        tokens: The tokens that a request needs.
        behavior: Behavior that ThingSpace does not document.
    """

    def __init__(self, accounts: dict[str, Account], tokens: TokenRegistry, behavior: Behavior) -> None:
        self.accounts = accounts
        self._tokens = tokens
        self._behavior = behavior

    def respond(self, endpoint: str, name: str, request: Request) -> Response:
        """Return the response of an endpoint: data or a refusal.

        Args:
            endpoint: What `find` returned.
            name: The account that `find` returned.
            request: The request.
        """
        if endpoint in REFUSALS:
            return REFUSALS[endpoint]
        try:
            if endpoint == "token":
                return self.token(request)
            self._check_bearer(request)
            if endpoint == "login":
                return self.login(request)
            self._tokens.check_session(request.headers.get("VZ-M2M-Token", ""))
            return self._read(endpoint, self._account(name), request)
        except Refused as refused:
            return refused.response

    def _read(self, endpoint: str, account: Account, request: Request) -> Response:
        if endpoint == "devices":
            return self.devices(account, request)
        if endpoint == "account_devices":
            return self.account_devices(account, request)
        return self.firmware(account, request)

    def token(self, request: Request) -> Response:
        """Return the bearer token (ThingSpace, Get credentials: the same one within the hour)."""
        basic = Authorization.from_header(request.headers.get("Authorization"))
        if basic is None or basic.type != "basic" or basic.username is None or basic.password is None:
            raise Refused("client-missing")
        if not (is_simulated(basic.username) and is_simulated(basic.password)):
            raise Refused("client-real")
        self._tokens.check_application(basic.username, basic.password)
        form = _form(request)
        if form.get("grant_type") is None:
            raise Refused("token-binding")
        if form["grant_type"] != "client_credentials":
            raise Refused("grant-refused")
        bearer, left = self._tokens.bearer()
        return Response.of_json(
            {"access_token": bearer, "scope": form.get("scope", "default"), "token_type": "Bearer", "expires_in": left}
        )

    def login(self, request: Request) -> Response:
        """Open a session (ThingSpace, Start connectivity management session)."""
        body = _json(request)
        if not isinstance(body, dict):
            raise Refused("login-binding")
        username, password = body.get("username"), body.get("password")
        if not isinstance(username, str) or not isinstance(password, str):
            raise Refused("login-binding")
        if not (is_simulated(username) and is_simulated(password)):
            raise Refused("login-real")
        return Response.of_json({"sessionToken": self._tokens.log_in(username, password)})

    def devices(self, account: Account, request: Request) -> Response:
        """Return the devices of a list of IMEIs (ThingSpace, Device information for a list, v3)."""
        requested = self._requested(request)
        cursor = self._cursor(account, request)
        protocol = _device_protocol(request)
        unknown = [imei for imei in requested if imei not in account]
        if unknown and self._behavior.unknown == "refuse":
            raise Refused("device-unknown")
        present = [imei for imei in requested if imei > cursor and imei in account]
        if protocol:
            present = [imei for imei in present if account.has_protocol(imei, protocol)]
        more = ""
        if (size := self._behavior.post_page_size) is not None:
            page = sorted(present)[:size]
            more = _more(page, has_more=len(present) > size)
            present = page
        texts = [account.text(imei) for imei in present]
        if self._behavior.unknown == "row":
            texts += [_failed_row(imei) for imei in unknown if imei > cursor]
        return Response.of(
            f'{{"accountName": {json.dumps(account.name)}, "deviceCount": {len(texts)},{more}'
            f' "deviceList": [{", ".join(texts)}]}}'
        )

    def account_devices(self, account: Account, request: Request) -> Response:
        """Return a page of all devices (ThingSpace, Get a list of devices in an account, v3)."""
        cursor = self._cursor(account, request)
        protocol = _device_protocol(request)
        size = self._behavior.page_size
        left = account.after(cursor)
        if protocol:
            left = (imei for imei in left if account.has_protocol(imei, protocol))
        page = list(itertools.islice(left, size))
        has_more = next(left, None) is not None
        return Response.of(
            f'{{"accountName": {json.dumps(account.name)},{_more(page, has_more=has_more)}'
            f' "maxPageSize": {size}, "deviceList": [{", ".join(map(account.text, page))}]}}'
        )

    def firmware(self, account: Account, request: Request) -> Response:
        """Return the firmware packages of an account (ThingSpace, Get a list of available firmware, v3).

        The protocol is required, and is spelled otherwise than for devices: `LWM2M`, `OMD-DM`, `HTTP` or `all`.
        """
        wanted = request.query.get("protocol")
        if wanted not in _FIRMWARE_PROTOCOLS:
            raise Refused("protocol-not-valid")
        return Response.of_json(
            [row for row in account.firmware if wanted == "all" or _same_protocol(row.get("protocol"), wanted)]
        )

    def _check_bearer(self, request: Request) -> None:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Refused("900902")
        self._tokens.check_bearer(bearer)

    def _account(self, name: str) -> Account:
        if not _ACCOUNT.fullmatch(name):
            raise Refused("account-format")
        if name not in self.accounts:
            raise Refused("account-unknown")
        return self.accounts[name]

    def _requested(self, request: Request) -> list[str]:
        body = _json(request)
        if not isinstance(body, dict) or set(body) != {"deviceList"} or not isinstance(body["deviceList"], list):
            raise Refused("input-binding")
        requested = body["deviceList"]
        if not requested:
            raise Refused("device-list-empty")
        if len(requested) > self._behavior.max_devices:
            raise Refused("device-list-long")
        try:
            well_formed = all(map(_IMEI.fullmatch, requested))
        except TypeError:  # One of them is not a string.
            raise Refused("input-binding") from None
        if not well_formed:
            raise Refused("device-id-format")
        return list(dict.fromkeys(requested))

    def _cursor(self, account: Account, request: Request) -> str:
        cursor = request.query.get("lastSeenDeviceId", "0")
        if cursor == "0":
            return ""
        if not _IMEI.fullmatch(cursor):
            raise Refused("device-id-format")
        if cursor not in account:
            raise Refused("cursor-not-valid")
        return cursor


def _media_type(request: Request) -> str:
    return parse_options_header(request.headers.get("Content-Type"))[0].lower()


def _form(request: Request) -> Mapping[str, str]:
    if _media_type(request) != FORM:
        raise Refused("token-binding")
    try:
        fields = parse_qs(request.body.decode("ascii"), strict_parsing=True)
    except ValueError:
        raise Refused("token-binding") from None
    return {name: values[0] for name, values in fields.items()}


def _json(request: Request) -> Any:
    """Return the JSON value of the body, or `None` if it is not JSON or does not say that it is."""
    if _media_type(request) != JSON:
        return None
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _device_protocol(request: Request) -> str:
    protocol = request.query.get("protocol")
    if protocol is not None and protocol not in _DEVICE_PROTOCOLS:
        raise Refused("protocol-not-valid")
    return protocol or ""


def _same_protocol(protocol: Any, wanted: str) -> bool:
    return protocol in {wanted, _FIRMWARE_PROTOCOLS[wanted]}


def _more(page: list[str], *, has_more: bool) -> str:
    last = f' "lastSeenDeviceId": "{page[-1]}",' if page else ""
    return f' "hasMoreData": {json.dumps(has_more)},{last}'


def _failed_row(imei: str) -> str:
    return json.dumps({"deviceId": imei, "requestStatus": "Failure", "resultReason": "Device not found"})
