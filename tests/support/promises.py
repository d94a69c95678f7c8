"""Compares the tests of today with those of the commit at which a larger change began.

`tests/promises.txt` has a line for each test function of that commit, with the number of its cases and what happened to
it since:

    tests/gate/test_gate.py::test_a (3): kept
    tests/gate/test_gate.py::test_b (3): kept, 2 cases because …
    tests/gate/test_gate.py::test_c (3): renamed to tests/gate/test_rule.py::test_d
    tests/gate/test_gate.py::test_e (3): renamed to tests/gate/test_rule.py::test_d, 1 case because …
    tests/gate/test_gate.py::test_f (3): gone because tests/gate/test_rule.py::test_d tests it too

If several lines name one test, it must have at least as many cases as they have together. A reason for `gone` names a
test or a document that keeps the promise.

Without an option, the script brings the file up to date: it looks for tests that moved or were renamed, by name and by
body. A line that it is not sure of begins with `?`: complete it, and remove the mark. `--check` changes nothing, and
fails unless every line is true.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import difflib
import functools
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "promises.txt"
HEAD = "# {functions:,} tests with {cases:,} cases at {commit}. Kept up to date by `make records`; see CONTRIBUTING.md."
CERTAIN, LIKELY = 0.75, 0.45  # How alike two tests must be for the second to be taken, or proposed, as the first.

_HEAD = re.compile(r"# ([0-9,]+) tests with ([0-9,]+) cases at ([0-9a-f]{7,40})\.")
_LINE = re.compile(
    r"(?P<unsure>\? )?(?P<id>[^ ]+::\w+) \((?P<cases>\d+)\): "
    r"(?:kept|renamed to (?P<target>[^ ,]+)|(?P<gone>gone))"
    r"(?:,? ?(?P<least>\d+) cases?)?(?: because ?(?P<reason>.*))?"
)
_REFERENCE = re.compile(r"[\w/.-]+\.(?:py|md)(?:::\w+)*")
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclasses.dataclass(frozen=True)
class Promise:
    """A test of the first commit, and what happened to it since."""

    id: str
    cases: int
    target: str | None  #: The test that keeps it now; `None` if it is gone.
    least: int  #: How many cases of that test are its own.
    reason: str = ""  #: Why it is gone, or has fewer cases.
    unsure: bool = False  #: Whether a person has still to look at it.

    def __str__(self) -> str:
        text = "gone" if self.target is None else "kept" if self.target == self.id else f"renamed to {self.target}"
        if self.target is not None and self.least != self.cases:
            text += f", {self.least} {'case' if self.least == 1 else 'cases'}"
        if self.target is None or self.least != self.cases or self.reason:
            text += f" because {self.reason}"
        return f"{'? ' * self.unsure}{self.id} ({self.cases}): {text}"

    @classmethod
    def parse(cls, line: str) -> Promise:
        """Read a line of the file.

        Raises:
            ValueError: It has none of the forms.
        """
        match = _LINE.fullmatch(line.rstrip())
        if not match:
            message = f"not a line of this file: {line!r}"
            raise ValueError(message)
        cases = int(match["cases"])
        return cls(
            id=match["id"],
            cases=cases,
            target=None if match["gone"] else match["target"] or match["id"],
            least=int(match["least"] or cases),
            reason=match["reason"] or "",
            unsure=bool(match["unsure"]),
        )


def parse(text: str) -> list[Promise]:
    """Read the file, whose head says how many lines it must have.

    Raises:
        ValueError: A line is not one, or lines are missing or stand twice.
    """
    head, *lines = text.splitlines()
    promises = [Promise.parse(line) for line in lines if line]
    match = _HEAD.match(head)
    sums = [int(number.replace(",", "")) for number in match.groups()[:2]] if match else []
    if sums != [len({each.id for each in promises}), sum(each.cases for each in promises)]:
        message = "lines of tests/promises.txt are missing or stand twice: its first line says how many there were"
        raise ValueError(message)
    return promises


def problems(promises: Sequence[Promise], found: Mapping[str, int]) -> Iterator[str]:
    """Name what is not true of the tests that were found, of which each has a number of cases."""
    files = {test.partition("::")[0] for test in found}
    for promise in promises:
        if promise.unsure:
            yield f"to be completed: {promise}"
        elif promise.target is not None and promise.target not in found:
            yield f"no such test: {promise}"
        elif promise.target is None:
            named = _REFERENCE.findall(promise.reason)
            if not named or not all(each in found or each in files or (ROOT / each).is_file() for each in named):
                yield f"name the test or the document that keeps the promise: {promise}"
        elif promise.least < promise.cases and not promise.reason:
            yield f"say why there are fewer cases: {promise}"
    for target, short in _shortages(promises, found).items():
        yield f"{found[target]} cases instead of {found[target] + short}: {target}"


def _shortages(promises: Iterable[Promise], found: Mapping[str, int]) -> dict[str, int]:
    wanted: Counter[str] = Counter()
    for promise in promises:
        if promise.target in found and not promise.unsure:
            wanted[promise.target] += promise.least
    return {target: least - found[target] for target, least in wanted.items() if least > found[target]}


def updated(
    promises: Sequence[Promise], found: Mapping[str, int], old: Mapping[str, str], new: Mapping[str, str]
) -> list[Promise]:
    """Look for the tests that are where no promise says.

    Args:
        promises: What was known of them.
        found: The tests that there are, and the number of their cases.
        old: The source of each test that is not there any more.
        new: The source of each test that is.
    """
    lost = {each.target for each in promises if each.target and each.target not in found}
    pairs = [(1.0, before, after) for before in lost for after in found if _name(before) == _name(after)]
    elsewhere = {before for _, before, _ in pairs}
    pairs += [
        (likeness, before, after)
        for before in lost & old.keys() - elsewhere
        for after in found.keys() & new.keys()
        if (likeness := alike(old[before], new[after])) >= LIKELY
    ]
    places = _places(pairs, claimed={each.target for each in promises})
    return _with_fewer_cases([_moved(each, places) if each.target in lost else each for each in promises], found)


def _places(pairs: Iterable[tuple[float, str, str]], claimed: set[str | None]) -> dict[str, tuple[str, bool]]:
    """Return for each lost test the one that is most alike, and whether that is certain.

    A test that keeps another promise already is proposed where there is no other, and never certain.
    """
    moved: dict[str, tuple[str, bool]] = {}
    folded: dict[str, tuple[str, bool]] = {}
    for likeness, before, after in sorted(pairs, reverse=True):
        if after in claimed:
            folded.setdefault(before, (after, False))
        elif before not in moved:
            moved[before] = after, likeness >= CERTAIN
            claimed.add(after)
    return {**folded, **moved}


def _moved(promise: Promise, places: Mapping[str, tuple[str, bool]]) -> Promise:
    target, certain = places.get(promise.target or "", (None, False))
    return dataclasses.replace(promise, target=target, unsure=not certain)


def _name(test: str) -> str:
    return test.rpartition("::")[2]


def alike(old: str, new: str) -> float:
    """Return how alike two sources are, from 0 to 1: the share of their words that are in the same order."""
    matcher = difflib.SequenceMatcher(None, _words(new), _words(old), autojunk=False)
    if matcher.real_quick_ratio() < LIKELY or matcher.quick_ratio() < LIKELY:
        return 0.0
    return matcher.ratio()


@functools.cache
def _words(source: str) -> list[str]:
    return _WORD.findall(source)


def _with_fewer_cases(promises: list[Promise], found: Mapping[str, int]) -> list[Promise]:
    """Write the smaller number into a line of each test that has too few cases; a person says why."""
    for target in _shortages(promises, found):
        left = found[target]
        for place, promise in enumerate(promises):
            if promise.target == target and not promise.unsure:
                least = min(promise.least, left)
                left -= least
                if least < promise.least:
                    promises[place] = dataclasses.replace(promise, least=least, unsure=True)
    return promises


# Where tests are.


def collected(folder: Path) -> dict[str, int]:
    """Let pytest collect the tests of a checkout: each function with the number of its cases."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the tests cannot be collected:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    tests = (line.partition("[")[0] for line in done.stdout.splitlines())
    return dict(Counter(test for test in tests if re.fullmatch(r"tests/\S+::\w+", test)))


def sources(path: str, text: str) -> dict[str, str]:
    """Return the source of each test of a file, without comments, blanks and its name."""
    return dict(_sources_in(ast.parse(text), path))


def _sources_in(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, str]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _sources_in(child, f"{prefix}::{child.name}")
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            name, child.name = child.name, "test"
            yield f"{prefix}::{name}", ast.unparse(child)


def _present_sources() -> dict[str, str]:
    result: dict[str, str] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        result.update(sources(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
    return result


def _lost_sources(tests: Iterable[str], commit: str) -> dict[str, str]:
    """Return the sources of tests that are gone, each from the latest commit known to have it."""
    result: dict[str, str] = {}
    for path in {test.partition("::")[0] for test in tests}:
        for revision in (commit, "main", "HEAD"):
            done = _git("show", f"{revision}:{path}", check=False)
            if done.returncode == 0:
                result.update(sources(path, done.stdout.decode()))
    return result


def _git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=check)


# What can be asked of it.


def begin(commit: str) -> str:
    """Return the file as it begins: each test of a commit is kept."""
    with tempfile.TemporaryDirectory() as folder:
        archive = io.BytesIO(_git("archive", commit).stdout)
        with tarfile.open(fileobj=archive) as tar:
            tar.extractall(folder)  # noqa: S202 (what git packed of this repository)
        found = collected(Path(folder))
    return _text(commit, [Promise(test, cases, target=test, least=cases) for test, cases in sorted(found.items())])


def _text(commit: str, promises: Sequence[Promise]) -> str:
    head = HEAD.format(functions=len(promises), cases=sum(each.cases for each in promises), commit=commit)
    return "\n".join([head, *map(str, promises), ""])


def main() -> None:
    """Begin the file, bring it up to date, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--begin", metavar="COMMIT", help="make the file anew, of the tests of a commit")
    parser.add_argument("--check", action="store_true", help="change nothing; fail unless every line is true")
    options = parser.parse_args()
    if options.begin:
        FILE.write_text(begin(options.begin), encoding="utf-8")
    text = FILE.read_text(encoding="utf-8")
    try:
        promises = parse(text)
    except ValueError as error:
        sys.exit(str(error))
    found = collected(ROOT)
    if not options.check:
        commit = text.split("cases at ")[1].partition(".")[0]
        old = _lost_sources({each.target for each in promises if each.target and each.target not in found}, commit)
        promises = updated(promises, found, old, _present_sources())
        FILE.write_text(_text(commit, promises), encoding="utf-8")
    wrong = list(problems(promises, found))
    if wrong:
        sys.exit(
            "\n".join([*wrong, "run `make records`, and complete the lines of tests/promises.txt that begin with ?"])
        )
    gone = sum(each.target is None for each in promises)
    kept = sum(each.target == each.id for each in promises)
    sys.stdout.write(f"tests/promises.txt: {kept:,} kept, {len(promises) - kept - gone:,} renamed, {gone:,} gone\n")


if __name__ == "__main__":
    main()
