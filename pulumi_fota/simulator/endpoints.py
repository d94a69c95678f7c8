"""What each path of ThingSpace answers: checks as strict as the API's pages, then the data.

Where the API is not documented the strict reading is taken, so that a client that leans on luck is found out.
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

from pulumi_fota.simulator.credentials import is_simulated
from pulumi_fota.simulator.exchange import FORM, JSON, Answer
from pulumi_fota.simulator.refusals import REFUSALS, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota.simulator.access import Access
    from pulumi_fota.simulator.exchange import Request
    from pulumi_fota.simulator.fleet import Account

_ACCOUNT = re.compile(r"[A-Za-z0-9-]{3,32}")
_IMEI = re.compile(r"[0-9]{15}")

_APIS = ("/api/ts/v1/", "/api/m2m/v1/", "/api/fota/v1/", "/api/fota/v2/", "/api/fota/v3/")
_DEVICE_PROTOCOLS = {"LWM2M", "OMADM", "HTTP"}
_FIRMWARE_PROTOCOLS = {"LWM2M": "LWM2M", "OMD-DM": "OMADM", "HTTP": "HTTP", "all": ""}


class _Encoded(BaseConverter):
    """One segment of a path that is still percent-encoded."""

    def to_python(self, value: str) -> str:
        return unquote(value)


_PATHS = Map(
    [
        Rule("/api/ts/v1/oauth2/token", methods=["POST"], endpoint="token"),
        Rule("/api/m2m/v1/session/login", methods=["POST"], endpoint="login"),
        Rule("/api/fota/v3/devices/<encoded:name>", methods=["POST"], endpoint="devices"),
        Rule("/api/fota/v3/devices/<encoded:name>", methods=["GET"], endpoint="account_devices"),
        Rule("/api/fota/v3/firmware/<encoded:name>", methods=["GET"], endpoint="firmware"),
        # ThingSpace's own, which the simulator leaves alone.
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
    """Find the endpoint of a path, and the account that the path names.

    The endpoint is one of `Endpoints`' methods, or the name of a refusal.
    """
    if path.startswith("//"):
        return "not-found", ""  # The map would overlook it.
    try:
        endpoint, values = _PATHS.match(path, method=method)
    except MethodNotAllowed:
        return "900905", ""
    except HTTPException:
        return ("900906" if path.startswith(_APIS) else "not-found"), ""
    return endpoint, values.get("name", "")


@attrs.frozen(kw_only=True)
class Options:
    """What ThingSpace does not document, and so may do either way."""

    page_size: int = 1000
    """Devices on one page of an account's list."""

    post_page_size: int | None = None
    """Devices on one page of the answer to a list of IMEIs. `None`: all on one page that says nothing of more."""

    max_devices: int = 1000
    """IMEIs in one request."""

    unknown: str = attrs.field(default="omit", validator=attrs.validators.in_(("omit", "row", "refuse")))
    """What an IMEI gets that the account does not have: `omit`, a failed `row`, or `refuse` the whole request."""


class Endpoints:
    """The endpoints, by name, over the accounts and what guards them."""

    def __init__(self, accounts: dict[str, Account], access: Access, options: Options) -> None:
        self.accounts = accounts
        self.access = access
        self.options = options

    def answer(self, endpoint: str, name: str, request: Request) -> Answer:
        """Answer a request to an endpoint, with data or a refusal."""
        if endpoint in REFUSALS:
            return REFUSALS[endpoint]
        try:
            if endpoint == "token":
                return self.token(request)
            self._check_bearer(request)
            if endpoint == "login":
                return self.login(request)
            self.access.check_session(request.headers.get("VZ-M2M-Token", ""))
            return self._read(endpoint, self._account(name), request)
        except Refused as refused:
            return refused.answer

    def _read(self, endpoint: str, account: Account, request: Request) -> Answer:
        if endpoint == "devices":
            return self.devices(account, request)
        if endpoint == "account_devices":
            return self.account_devices(account, request)
        return self.firmware(account, request)

    def token(self, request: Request) -> Answer:
        """Hand out the bearer (ThingSpace, Get credentials: within the hour the same one)."""
        basic = Authorization.from_header(request.headers.get("Authorization"))
        if basic is None or basic.type != "basic" or basic.username is None or basic.password is None:
            raise Refused("client-missing")
        if not (is_simulated(basic.username) and is_simulated(basic.password)):
            raise Refused("client-real")
        self.access.check_application(basic.username, basic.password)
        form = _form(request)
        if form.get("grant_type") is None:
            raise Refused("token-binding")
        if form["grant_type"] != "client_credentials":
            raise Refused("grant-refused")
        bearer, left = self.access.bearer()
        return Answer.of_json(
            {"access_token": bearer, "scope": form.get("scope", "default"), "token_type": "Bearer", "expires_in": left}
        )

    def login(self, request: Request) -> Answer:
        """Open a session (ThingSpace, Start connectivity management session)."""
        body = _json(request)
        if not isinstance(body, dict):
            raise Refused("login-binding")
        username, password = body.get("username"), body.get("password")
        if not isinstance(username, str) or not isinstance(password, str):
            raise Refused("login-binding")
        if not (is_simulated(username) and is_simulated(password)):
            raise Refused("login-real")
        return Answer.of_json({"sessionToken": self.access.login(username, password)})

    def devices(self, account: Account, request: Request) -> Answer:
        """Answer for a list of IMEIs (ThingSpace, Device information for a list, v3)."""
        asked = self._asked(request)
        cursor = self._cursor(account, request)
        protocol = _device_protocol(request)
        unknown = [imei for imei in asked if imei not in account]
        if unknown and self.options.unknown == "refuse":
            raise Refused("device-unknown")
        found = [imei for imei in asked if imei > cursor and imei in account]
        if protocol:
            found = [imei for imei in found if account.has_protocol(imei, protocol)]
        more = ""
        if (size := self.options.post_page_size) is not None:
            page = sorted(found)[:size]
            more = _more(page, has_more=len(found) > size)
            found = page
        texts = [account.text(imei) for imei in found]
        if self.options.unknown == "row":
            texts += [_failed_row(imei) for imei in unknown if imei > cursor]
        return Answer.of(
            f'{{"accountName": {json.dumps(account.name)}, "deviceCount": {len(texts)},{more}'
            f' "deviceList": [{", ".join(texts)}]}}'
        )

    def account_devices(self, account: Account, request: Request) -> Answer:
        """Answer with a page of all devices (ThingSpace, Get a list of devices in an account, v3)."""
        cursor = self._cursor(account, request)
        protocol = _device_protocol(request)
        size = self.options.page_size
        left = account.after(cursor)
        if protocol:
            left = (imei for imei in left if account.has_protocol(imei, protocol))
        page = list(itertools.islice(left, size))
        has_more = next(left, None) is not None
        return Answer.of(
            f'{{"accountName": {json.dumps(account.name)},{_more(page, has_more=has_more)}'
            f' "maxPageSize": {size}, "deviceList": [{", ".join(map(account.text, page))}]}}'
        )

    def firmware(self, account: Account, request: Request) -> Answer:
        """Answer with the packages of an account (ThingSpace, Get a list of available firmware, v3).

        The protocol has to be named, in another spelling than for devices: `LWM2M`, `OMD-DM`, `HTTP` or `all`.
        """
        wanted = request.query.get("protocol")
        if wanted not in _FIRMWARE_PROTOCOLS:
            raise Refused("protocol-not-valid")
        return Answer.of_json(
            [row for row in account.firmware if wanted == "all" or _same_protocol(row.get("protocol"), wanted)]
        )

    def _check_bearer(self, request: Request) -> None:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Refused("900902")
        self.access.check_bearer(bearer)

    def _account(self, name: str) -> Account:
        if not _ACCOUNT.fullmatch(name):
            raise Refused("account-format")
        if name not in self.accounts:
            raise Refused("account-unknown")
        return self.accounts[name]

    def _asked(self, request: Request) -> list[str]:
        body = _json(request)
        if not isinstance(body, dict) or set(body) != {"deviceList"} or not isinstance(body["deviceList"], list):
            raise Refused("input-binding")
        asked = body["deviceList"]
        if not asked:
            raise Refused("device-list-empty")
        if len(asked) > self.options.max_devices:
            raise Refused("device-list-long")
        try:
            well_formed = all(map(_IMEI.fullmatch, asked))
        except TypeError:  # One of them is no string.
            raise Refused("input-binding") from None
        if not well_formed:
            raise Refused("device-id-format")
        return list(dict.fromkeys(asked))

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
    """Read the body as JSON, or give `None` for what is none or does not say so."""
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
