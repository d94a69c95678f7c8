"""How rules go through a set: the same is found, however large it is and however much of it is alike."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fota import rules


@pytest.mark.parametrize(
    "rule",
    [
        rules.allowed_versions("1.2", "1.3"),
        rules.allowed_versions("1.2", model="GM01Q"),
        rules.fresh_within(days=30),
        rules.rule("even")(lambda device: int(device.imei) % 2 == 0),
    ],
    ids=lambda rule: f"{rule.id} {rule.selects}".strip(),
)
def test_a_large_fleet_is_judged_as_each_device_alone(fleets: Any, rule: Any):
    """
    In 2,500 devices, whose values come and go and come anew late, a rule finds in each what it finds in it alone.
    """
    versions = ["1.2", "1.1", "1.3", None]
    times = ["2026-02-28T12:00:00Z", "2026-01-01T00:00:00Z", None, "2026-01-30T12:00:00.5Z", "2027-01-01T00:00:00Z"]
    devices = fleets.of(
        *(
            fleets.device(
                number,
                firmware=versions[number // 9 % 4] if number < 2400 else f"0.{number}",
                model="GM01Q" if number % 3 else "ME910C1",
                last_connection_time=times[number % 5],
            )
            for number in range(2500)
        )
    )

    together = rule.judge(devices)

    alone = [rule.judge(fleets.of(device)) for device in devices]
    assert together.asked == sum(judged.asked for judged in alone)
    assert together.not_passed == [other for judged in alone for other in judged.not_passed]
    assert 500 < len(together.not_passed) < 2500


@pytest.mark.parametrize("read_at", ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.999Z"])
def test_freshness_is_exact_around_its_bounds(fleets: Any, read_at: str):
    """
    A time passes from 30 days before the read, that very moment included, to a day after it, whatever the fraction of
    either.
    """
    fractions = ["", ".1", ".49", ".5", ".51", ".999", ".9991"]
    seconds = ["2026-01-30T11:59:59", "2026-01-30T12:00:00", "2026-01-30T12:00:01"]
    seconds += ["2026-03-02T11:59:59", "2026-03-02T12:00:00", "2026-03-02T12:00:01"]
    texts = [f"{second}{fraction}" for second in seconds for fraction in fractions]
    devices = fleets.of(
        *(fleets.device(n, last_connection_time=f"{text}Z") for n, text in enumerate(texts)), read_at=read_at
    )

    judged = rules.fresh_within(days=30).judge(devices)

    now = float(read_at[17:-1])
    expected = []
    for device, text in zip(devices, texts, strict=True):
        second = float(text[17:]) - (60 if ":59:" in text else 0)
        inside = second >= now if text.startswith("2026-01") else second <= now
        if not inside:
            expected.append(device.imei)
    assert [device.imei for device, _ in judged.not_passed] == expected
