"""`python -m pulumi_fota.simulator`: the simulator as a process of its own."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import textwrap

from pulumi_fota.simulator import faults
from pulumi_fota.simulator.credentials import Credentials, is_simulated
from pulumi_fota.simulator.fleet import FleetError
from pulumi_fota.simulator.simulator import Simulator

_STOPS = (signal.SIGINT, signal.SIGTERM)
_CREDENTIALS = """\
The credentials are those of SIM_KEY, SIM_SECRET, SIM_USERNAME and SIM_PASSWORD (unless set: sim-key, sim-secret,
sim-user, sim-password); each begins with sim-."""
_NAMES = textwrap.fill(f"FAULT is a status, 200 to 599, or one of {faults.names()}.", 118, break_on_hyphens=False)
_EPILOG = f"{_CREDENTIALS}\n\nA fault is written {faults.GRAMMAR}\n\n{_NAMES}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pulumi_fota.simulator",
        description="A simulator of ThingSpace: prints its URL, then serves a fleet until it is stopped.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fleet", required=True, metavar="FILE", help="the fleet, as JSON; read again when it changes")
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve at (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="the port to serve at; 0 takes a free one (%(default)s)")
    parser.add_argument("--latency", type=_seconds, default=0.0, metavar="S", help="seconds that every answer takes")
    parser.add_argument("--fault", action="append", default=[], type=_plan, metavar="SPEC", help="see below")
    parser.add_argument("--chaos", type=int, metavar="SEED", help="random faults at a tenth of the calls")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - The last port.
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:  # noqa: PLR2004 - An hour, which NaN is not either.
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds (0 to 3600)")
    return seconds


def _plan(text: str) -> faults.Plan:
    try:
        return faults.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _credentials() -> Credentials:
    """Take the credentials from the environment: on the command line everybody on the machine could read them."""
    given = {}
    for name in ("key", "secret", "username", "password"):
        variable = f"SIM_{name.upper()}"
        if (value := os.environ.get(variable)) is None:
            continue
        if not is_simulated(value):
            raise ValueError(f"{variable} does not begin with 'sim-': never give the simulator a real credential")
        given[name] = value
    return Credentials(**given)


def main() -> int:
    """Run the simulator until it is stopped."""
    options = _parser().parse_args()
    try:
        credentials = _credentials()
        simulator = Simulator(
            options.fleet,
            credentials=credentials,
            host=options.host,
            port=options.port,
            latency=options.latency,
            record=False,
        )
        for plan in options.fault:
            simulator.faults.add(plan)
        if options.chaos is not None:
            simulator.chaos(options.chaos)
    except (FleetError, ValueError) as error:
        return _fail(str(error))
    stopped = _signals()
    try:
        simulator.start()
    except OSError as error:
        return _fail(f"cannot serve at {options.host}:{options.port}: {error.strerror}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    print(simulator.url, flush=True)  # noqa: T201
    os.read(stopped, 1)
    simulator.stop()
    for each in _STOPS:  # One more must not end what ends already.
        signal.signal(each, signal.SIG_IGN)
    return 0


def _signals() -> int:
    """Give a pipe to read, into which each signal to stop writes a byte.

    They cannot be blocked and waited for: imports may have started a thread, which takes a second one. Nor can a
    handler do what is to be done, since it may be run late, or inside another one's lock.
    """
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    for each in _STOPS:
        signal.signal(each, lambda _number, _frame: None)
    return reads


def _fail(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
