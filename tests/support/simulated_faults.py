"""What can go wrong at one call of a simulated run: on the way, at the service, in its answer, or in the world around.

A fault takes the run and the call. It changes what it likes and lets the call go on, or it gives the call's outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.errors import REPORT, ServiceUnavailable, UnexpectedResponse
from pulumi_fota.thingspace.http import Failure, broken, cut_off, too_slow

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.errors import ThingSpaceError
    from pulumi_fota.thingspace.http import FailureKind, Response
    from support.simulated_run import Run

READS = ("devices", "account_devices", "firmware")
ALL = ("token", "login", *READS)
LISTS = ("devices", "account_devices")
NO_SUCH_HOST = ServiceUnavailable("the host host was not found", "check the network, a VPN, or fota:baseUrl")
CONNECTION_REFUSED = ServiceUnavailable(
    "host refused the connection on port 443", "a proxy or firewall may be in the way, or fota:baseUrl is wrong"
)
CERTIFICATE = ServiceUnavailable(
    "the certificate of host has expired", "check the clock of this machine, and fota:baseUrl"
)
HANDSHAKE = ServiceUnavailable(
    "the TLS handshake with host failed (no TLS)", "check fota:baseUrl, and whether a proxy is in the way"
)
NOT_HTTP = UnexpectedResponse("the answer is not HTTP", "check fota:baseUrl, and whether a proxy is in the way")
NOT_UNPACKED = UnexpectedResponse("the answer could not be decompressed", REPORT)
TOO_LARGE = UnexpectedResponse("the answer is larger than 16 MiB", REPORT)


@attrs.frozen
class Call:
    """One call that is about to leave: `go` lets it reach the service, within `seconds`."""

    kind: str
    seconds: float
    go: Callable[[], Response | Failure]


@attrs.frozen
class Fault:
    """What goes wrong, at which kinds of call; `lies` where the service then says what is not so."""

    name: str
    happen: Callable[[Run, Call], Response | Failure | None]
    kinds: tuple[str, ...] = ALL
    lies: bool = False


def _on_the_way(kind: FailureKind, error: ThingSpaceError) -> Callable[[Run, Call], Failure]:
    """Break the call before the service sees it."""
    return lambda _run, _call: Failure(error, kind)


def _on_the_way_back(kind: FailureKind, error: ThingSpaceError) -> Callable[[Run, Call], Failure]:
    """Let the service see the call, and lose its answer."""

    def happen(_run: Run, call: Call) -> Failure:
        call.go()
        return Failure(error, kind)

    return happen


def _late(seconds: float, error: Callable[[float], ThingSpaceError]) -> Callable[[Run, Call], Failure]:
    def happen(run: Run, call: Call) -> Failure:
        call.go()
        waited = min(seconds, call.seconds)
        run.machine.now = max(run.machine.now, run.call_began + waited)
        return Failure(error(waited), "interrupted")

    return happen


def _named(spec: str) -> Callable[[Run, Call], None]:
    """Put in a fault of the simulator's own, for this call."""
    return lambda run, call: run.simulator.fault(spec, on=call.kind, times=1)


def _altered(change: Callable[[Any], Any]) -> Callable[[Run, Call], None]:
    """Change the JSON of this call's good answer."""
    return lambda run, call: run.simulator.alter(change, on=call.kind, times=1)


def _raw(body: bytes) -> Callable[[Run, Call], None]:
    return lambda run, call: run.simulator.answer_with(200, body=body, on=call.kind, times=1)


def _in_first_row(**changes: Any) -> Callable[[Any], None]:
    def change(body: Any) -> None:
        if isinstance(body, dict) and body.get("deviceList"):
            body["deviceList"][0].update(changes)

    return change


def _contradict(body: Any) -> None:
    if isinstance(body, dict) and body.get("deviceList"):
        body["deviceList"].append({**body["deviceList"][0], "firmware": "contradiction"})


def _lone_object(body: Any) -> None:
    if isinstance(body, dict) and len(body.get("deviceList") or ()) == 1:
        body["deviceList"] = body["deviceList"][0]


def _odd_spellings(body: Any) -> None:
    rows = body.get("deviceList") if isinstance(body, dict) else None
    for row in rows or ():
        row.update(
            deviceId=int(row["deviceId"]), fotaEligible=str(row.get("fotaEligible", "")), somethingNew=[{"a": None}]
        )


def _backwards(body: Any) -> None:
    if isinstance(body, dict) and body.get("deviceList"):
        body.update(hasMoreData=True, lastSeenDeviceId="0")


def _no_cursor(body: Any) -> None:
    if isinstance(body, dict):
        body.update(hasMoreData=True, lastSeenDeviceId=None)


def _stop(run: Run, call: Call) -> None:
    run.cancelled = True
    raise KeyboardInterrupt


def _fault_of_password(run: Run, _call: Call) -> None:
    run.change_password()


TABLE: tuple[Fault, ...] = (
    # On the way.
    Fault("no such host", _on_the_way("unreachable", NO_SUCH_HOST)),
    Fault("connection refused", _on_the_way("unreachable", CONNECTION_REFUSED)),
    Fault("certificate", _on_the_way("final", CERTIFICATE)),
    Fault("handshake", _on_the_way("handshake", HANDSHAKE)),
    Fault("reset before", _on_the_way("interrupted", broken())),
    Fault("reset after", _on_the_way_back("interrupted", broken())),
    Fault("cut in chunks", _on_the_way_back("interrupted", cut_off(" before its last chunk"))),
    Fault("not HTTP", _on_the_way_back("garbled", NOT_HTTP)),
    Fault("not unpacked", _on_the_way_back("garbled", NOT_UNPACKED)),
    Fault("too large", _on_the_way_back("final", TOO_LARGE)),
    Fault(
        "silence",
        _late(20, lambda seconds: ServiceUnavailable(f"nothing was received for {seconds:g} s", "run it again")),
    ),
    Fault("trickle", _late(1e9, too_slow)),
    # At the service.
    *(
        Fault(spec, _named(spec))
        for spec in ("408", "425", "500", "502", "503", "504", "400", "403", "404", "418", "redirect")
    ),
    *(
        Fault(spec, _named(spec))
        for spec in ("429", "429=0", "429=1", "429=20", "429=61", "429=-5", "429=soon", "503=5")
    ),
    *(Fault(spec, _named(spec)) for spec in ("slow=3", "slow=31", "cut", "gzip", "empty", "html", "bad-json")),
    *(Fault(spec, _named(spec)) for spec in ("900901", "900903-bare", "900902", "900908", "forbidden", "not-found")),
    *(Fault(spec, _named(spec), READS) for spec in ("session-expired", "session-refused", "session-unauthorized")),
    *(Fault(spec, _named(spec), READS) for spec in ("session-verification", "account-verification", "unexpected")),
    *(Fault(spec, _named(spec), READS) for spec in ("INACTIVE_ACCOUNT", "DEVICE_NOT_FOUND", "bearer-unauthorized")),
    Fault("bearer-expired", _named("bearer-expired"), ("login", *READS)),
    Fault("token refused", _named("client-refused"), ("token",)),
    Fault("login refused", _named("login-refused"), ("login",)),
    Fault("locked", _named("locked"), ("login",)),
    Fault("password changed", _fault_of_password, ("token", *READS)),
    # In its answer.
    Fault("NaN", _raw(b'{"deviceList": [{"deviceId": "350000000000000", "firmware": NaN}]}')),
    Fault("key twice", _raw(b'{"deviceList": [], "deviceList": []}')),
    Fault("not UTF-8", _raw(b'{"deviceList": "\xff"}')),
    Fault("not JSON of the kind", _raw(b'["deviceList"]'), ("token", "login", *LISTS)),
    Fault("number for text", _altered(_in_first_row(firmware=5)), LISTS),
    Fault("unreadable time", _altered(_in_first_row(createTime="yesterday")), LISTS),
    Fault("row of failure", _altered(_in_first_row(requestStatus="Failure", resultReason="no")), LISTS),
    Fault("contradiction", _altered(_contradict), LISTS),
    Fault("lone object", _altered(_lone_object), LISTS),
    Fault("odd spellings", _altered(_odd_spellings), LISTS),
    Fault("cursor backwards", _altered(_backwards), LISTS),
    Fault("no cursor", _altered(_no_cursor), LISTS),
    Fault("row-missing", _named("row-missing"), LISTS, lies=True),
    *(Fault(name, _named(name), LISTS) for name in ("row-doubled", "other-account", "cursor-stuck")),
    Fault("row-foreign", _named("row-foreign"), LISTS, lies=True),
    # In the world around.
    Fault("device changed", lambda run, _call: run.change_device(), READS),
    Fault("device added", lambda run, _call: run.add_device(), READS),
    Fault("device removed", lambda run, _call: run.remove_device(), READS),
    Fault("wall clock jumps", lambda run, _call: run.jump()),
    Fault("bearer about to end", lambda run, _call: run.simulator.expire_bearer(after=1.5), READS),
    Fault("Ctrl-C", _stop),
)
