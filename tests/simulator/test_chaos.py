"""Random faults, to rehearse a program with."""

from __future__ import annotations

import json

from pulumi_fota.simulator import fault_plan, faults
from support.fleet import IMEI


def run_of_chaos(caller, seed, calls=1000):
    caller.simulator.chaos(seed)
    replies = []
    for _ in range(calls):
        caller.bearer, caller.session = caller.simulator.bearer(), caller.simulator.session()
        replies.append(caller.devices([IMEI]))
    return [(reply.status, len(reply.body)) for reply in replies]


def test_chaos_is_the_same_for_the_same_seed(call):
    """
    A rehearsal can be repeated.
    """
    first, again, other = (run_of_chaos(call(), seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_chaos_breaks_about_a_tenth_of_the_calls_in_many_ways(call):
    """
    5 to 15 % of 1,000 calls fail: by status, by refusals of both tokens, and by their bodies.
    """
    good = (200, len(call().devices([IMEI]).body))

    broken = [reply for reply in run_of_chaos(call(), 3) if reply != good]

    assert 50 <= len(broken) <= 150
    assert {400, 401, 429, 500, 502, 503, 504} <= {status for status, _ in broken}


def test_chaos_never_refuses_a_login(caller):
    """
    A rehearsal locks nobody.
    """
    caller.simulator.chaos(4)

    assert {caller.login().status for _ in range(300)} == {200}


def test_chaos_asks_for_short_waits_only(caller):
    """
    A rehearsal that is throttled continues after a second.
    """
    caller.simulator.chaos(5)

    waits = {reply.headers.get("Retry-After") for reply in (caller.token() for _ in range(400)) if reply.status == 429}

    assert waits == {"1"}


def test_every_chaotic_fault_exists():
    """
    All faults that are drawn at random exist.
    """
    drawn = {spec for specs in fault_plan._CHAOS.values() for spec in specs}

    assert {faults.parse_fault(spec).name for spec in drawn}
    assert "login-refused" not in json.dumps(sorted(drawn))
