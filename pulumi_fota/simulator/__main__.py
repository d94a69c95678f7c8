"""`python -m pulumi_fota.simulator`: the simulator as a process."""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import shlex
import signal
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.simulator.auth import PREFIX, Credentials, is_simulated
from pulumi_fota.simulator.fault_plan import EXAMPLES, OPTIONS, SYNTAX, Plan, parse_plan
from pulumi_fota.simulator.faults import MEANINGS
from pulumi_fota.simulator.fleet import FleetError
from pulumi_fota.simulator.plausible_fleet import MAX_DEVICES, made_imeis, plausible_fleet, read_imeis
from pulumi_fota.simulator.refusals import REFUSALS
from pulumi_fota.simulator.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LAST_PORT = 65_535
_HOUR = 3600
_CREDENTIALS = ("key", "secret", "username", "password")


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m pulumi_fota.simulator") -> int:
    """Run the simulator until it is stopped, and return the exit code.

    Args:
        arguments: The arguments of the command line, by default those of this process.
        prog: The command that the help names.
    """
    options = _parser(prog).parse_args(arguments)
    try:
        simulator = Simulator(
            _fleet(options),
            credentials=_credentials(),
            host=options.host,
            port=options.port,
            latency=options.latency,
            record=False,
        )
    except (FleetError, ValueError) as error:
        return _fail(str(error))
    for plan in options.fault:
        simulator.faults.add(plan)
    if options.chaos is not None:
        simulator.chaos(options.chaos)
    stopped = _stop_pipe()
    try:
        simulator.start()
    except OSError as error:
        return _fail(f"cannot serve at {options.host}:{options.port}: {error.strerror}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # A single write (`print` makes two): who reads the first line alone may close the pipe after it.
    sys.stdout.write("\n".join([simulator.url, "", *_settings(simulator), ""]))
    sys.stdout.flush()
    os.read(stopped, 1)
    simulator.stop()
    for number in _STOP_SIGNALS:  # Another one must not interrupt the exit.
        signal.signal(number, signal.SIG_IGN)
    return 0


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Simulate ThingSpace: print the URL, then serve a fleet until stopped.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fleet = parser.add_mutually_exclusive_group(required=True)
    fleet.add_argument("--fleet", metavar="FILE", help="a fleet as JSON; read again when it has changed")
    fleet.add_argument("--devices", type=_count, metavar="N", help="a plausible fleet of N devices")
    fleet.add_argument("--imeis", metavar="FILE", help="a plausible fleet of the devices in FILE, one IMEI a line")
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve at (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="the port to serve at; 0 takes a free one (%(default)s)")
    parser.add_argument("--latency", type=_seconds, default=0.0, metavar="S", help="seconds that every response takes")
    parser.add_argument("--fault", action="append", default=[], type=_plan, metavar="SPEC", help="see below")
    parser.add_argument("--chaos", type=int, metavar="SEED", help="random faults at a tenth of the calls")
    return parser


def _epilog() -> str:
    width = max(map(len, MEANINGS))
    refusals = ", ".join(name for name in REFUSALS if name not in MEANINGS and not name[0].isdigit())
    return "\n".join(
        [
            "The credentials are those of SIM_KEY, SIM_SECRET, SIM_USERNAME and SIM_PASSWORD, by default sim-key,",
            "sim-secret, sim-user and sim-password. Each begins with sim-.",
            "",
            f"SPEC is {SYNTAX}",
            "",
            *(meaning for _, meaning in OPTIONS.values()),
            "",
            *(f"    {line}" for line in EXAMPLES.splitlines()),
            "",
            "FAULT is one of these, or the name of a refusal:",
            "",
            *(f"    {written:{width}}  {meaning}" for written, meaning in MEANINGS.items()),
            "",
            textwrap.fill(
                f"The refusals are {refusals}, and 900800 … 900910 of the gateway, also as 900800-bare … 900910-bare.",
                118,
                break_on_hyphens=False,
            ),
        ]
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_DEVICES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of devices (1 to {MAX_DEVICES:,})")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to {_LAST_PORT})")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _HOUR:  # False for NaN too.
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds (0 to {_HOUR})")
    return seconds


def _plan(text: str) -> Plan:
    try:
        return parse_plan(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _fleet(options: argparse.Namespace) -> dict[str, Any] | str | Path:
    if options.fleet is not None:
        return str(options.fleet)
    imeis = made_imeis(options.devices) if options.imeis is None else read_imeis(options.imeis)
    return plausible_fleet(imeis, now=dt.datetime.now(dt.timezone.utc))


def _credentials() -> Credentials:
    """Return the credentials of the environment; on the command line every user of the machine could read them."""
    given = {name: os.environ[_variable(name)] for name in _CREDENTIALS if _variable(name) in os.environ}
    for name, value in given.items():
        if not is_simulated(value):
            message = f"{_variable(name)} does not begin with {PREFIX!r}: never give the simulator a real credential"
            raise ValueError(message)
    return Credentials(**given)


def _variable(credential: str) -> str:
    return f"SIM_{credential.upper()}"


def _settings(simulator: Simulator) -> Iterator[str]:
    """Yield the commands that point a program at the simulator. They do not show the credentials of the environment."""
    values = {"account": shlex.quote(simulator.account.name), "baseUrl": shlex.quote(simulator.url)}
    for name, value in attrs.asdict(Credentials()).items():
        values[name] = f'"${_variable(name)}"' if _variable(name) in os.environ else value
    yield "# Settings for a shell:"
    for name, value in values.items():
        yield f"export FOTA_{'BASE_URL' if name == 'baseUrl' else name.upper()}={value}"
    yield ""
    yield "# Settings for a stack:"
    for name, value in values.items():
        yield f"pulumi config set {'--secret ' if name in ('key', 'secret', 'password') else ''}fota:{name} {value}"


def _stop_pipe() -> int:
    """Return the read end of a pipe into which each stop signal writes a byte.

    The signals cannot be blocked and waited for, since imports may have started a thread, which would take the second
    one. A handler cannot stop the server either: it may run late, or while another one holds a lock.
    """
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in _STOP_SIGNALS:
        signal.signal(number, lambda _number, _frame: None)
    return read_end


def _fail(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
