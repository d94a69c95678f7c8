"""Seeded runs of the real client against the real simulator, in virtual time, with faults at a quarter of the calls.

A run that breaks an invariant is told with its seed. To see that run alone, with all that happened in it:
`SEED=4711 .venv/bin/pytest tests/simulation -k alone`. A seed that has found something is kept in seeds.txt for ever.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pulumi_fota.thingspace import refused_logins
from support.simulated_faults import TABLE
from support.simulated_run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEEDS = Path(__file__).with_name("seeds.txt")
ENDS = (
    "success",
    "CredentialsRefused",
    "RequestRefused",
    "ServiceUnavailable",
    "UnexpectedResponse",
    "KeyboardInterrupt",
)


@pytest.fixture(autouse=True)
def _quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hash of a refused password take no time: thousands of them are made here."""
    monkeypatch.setattr(refused_logins, "ROUNDS", 10)


def _run(seeds: Iterable[int], folder: Path) -> Counter[str]:
    """Run these seeds, and count how often each fault happened and how reads ended."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        with _told(seed):
            Run(seed, folder, seen).go()
    return seen


@contextlib.contextmanager
def _told(seed: int) -> Iterator[None]:
    """Add to a failure its seed, and how to run that alone."""
    try:
        yield
    except Exception as error:
        message = (
            f"seed {seed}: {error!r}; run it alone with `SEED={seed} .venv/bin/pytest tests/simulation -k alone`, "
            "and keep it in tests/simulation/seeds.txt"
        )
        raise AssertionError(message) from error


def _kept() -> list[int]:
    lines = SEEDS.read_text(encoding="utf-8").splitlines()
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]


def _assert_all_happened(seen: Counter[str], *, at_least: int) -> None:
    rare = {what: seen[what] for what in [*(fault.name for fault in TABLE), *ENDS] if seen[what] < at_least}
    assert not rare, f"too seldom to say anything: {rare}"


def test_invariants_hold_in_a_thousand_runs(tmp_path: Path):
    """
    Whatever goes wrong, a read is complete and true or it is an error; in time, with few calls, and with no secret
    told. And everything did go wrong.
    """
    seen = _run(range(1_000), tmp_path)

    _assert_all_happened(seen, at_least=10)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".lock", ".json"}


@pytest.mark.slow
def test_invariants_hold_in_ten_thousand_runs(tmp_path: Path):
    """
    The same ten times over.
    """
    seen = _run(range(1_000, 11_000), tmp_path)

    _assert_all_happened(seen, at_least=100)


@pytest.mark.parametrize("seed", _kept())
def test_seed_that_found_something_stays_right(tmp_path: Path, seed: int):
    """
    What was mended once stays so.
    """
    _run([seed], tmp_path)


def test_run_is_the_same_again_for_the_same_seed(tmp_path: Path):
    """
    Nothing of a run hangs on the machine that it happens on, so that a seed is enough to see it again.
    """
    histories = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        runs = [Run(seed, folder) for seed in range(30)]
        for run in runs:
            run.go()
        histories.append([run.history for run in runs])

    assert histories[0] == histories[1]


def test_seed_alone(tmp_path: Path):
    """
    Shows all that happens in the run of `SEED`, or of the first seed without one.
    """
    run = Run(int(os.environ.get("SEED", "0")), tmp_path)
    try:
        run.go()
    finally:
        sys.stdout.write("\n".join(run.history))
