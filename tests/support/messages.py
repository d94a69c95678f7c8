"""Records the messages of the package in `tests/messages.txt`, so that each reworded sentence is a line of a diff.

The first part of the file has each line of text that a test expects, the second what a read says for each fault of a
simulated run, at each kind of call, once and at every call. Both are the same on every machine: the texts are taken
from the source of the tests, and the reads happen in virtual time.

Without an option, the script renews the file. `--check` changes nothing, and fails if the file is out of date.
`--compare REVISION` renews it, pairs its lines with those of that revision, and shows the pairs that differ in facts:
in numbers (IMEIs are some), names in quotes, settings and arguments, or the verbs of their advice.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import logging
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_fota.errors import FotaError
from support.simulated_faults import TABLE
from support.simulated_run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.simulated_faults import Fault

_LOG = logging.getLogger("pulumi_fota.thingspace")
TESTS = Path(__file__).resolve().parents[1]
FILE = TESTS / "messages.txt"
PLACEHOLDER = "{…}"  # Stands for what only the running test knows.
ALIKE = 0.4  # How alike two lines must be to be a pair: the share of their words.
FACTS = {
    "numbers": re.compile(r"[0-9]+(?:[.,-][0-9]+)*"),
    "names": re.compile(r"`[^`]+`|'[^']+'|\bfota:\w+|\b[A-Z]+_[A-Z_]+\b|\b\w+=|\b\w+_\w+\b"),
    "advice": re.compile(
        r"(?:^|[;:,.] |\b(?:or|and) )(add|allow|ask|call|change|check|choose|drop|give|install|leave|let|lower|make|"
        r"name|pass|pick|put|quote|raise|read|remove|rename|report|run|see|set|start|try|unset|update|use|wait|waive|write)\b",
        re.IGNORECASE,
    ),
}

_OF_THE_LISTS = ("test_docstrings.py", "test_messages.py", "test_promises.py")  # Their sentences are nobody's.
_CODE = re.compile(r"^(?:import|from) \w+|^(?:async def|def|class) ", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z]{2,}")
_TOKEN = re.compile(r"\S+")
_FAULT = re.compile(r"[^:|]+, (?:once|always), \w+: ")
_VARIES = re.compile(r"127(?:\.[0-9]+){3}(?::[0-9]+)?|(?<=delete )/\S+")  # From run to run: an address, a file.


def recorded() -> str:
    """Return what the file must hold."""
    return "\n".join(
        [
            "# What tests expect",
            *sorted(expected_texts()),
            "",
            "# What a read says when something goes wrong",
            *fault_texts(),
            "",
        ]
    )


# What tests expect.


def expected_texts() -> set[str]:
    """Return each line of text that stands in a test module."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(TESTS.rglob("*.py"))}
    shared: dict[str, str] = {}
    for path, tree in trees.items():
        if not path.name.startswith("test_"):
            shared.update(_constants(tree, shared))
    tests = [tree for path, tree in trees.items() if path.name.startswith("test_") and path.name not in _OF_THE_LISTS]
    return {line for tree in tests for line in lines_of(tree, shared)}


def lines_of(tree: ast.Module, shared: Mapping[str, str]) -> set[str]:
    """Return each line of two words or more in the texts of a module, except code and docstrings.

    Args:
        tree: The module.
        shared: The texts that it may import, by name.
    """
    texts = _texts(tree, {**shared, **_constants(tree, shared)})
    lines = (" ".join(line.split()) for text in texts if not _CODE.search(text) for line in text.splitlines())
    return {_visible(line) for line in lines if len(_WORD.findall(line)) > 1 and " " in line}


def _visible(line: str) -> str:
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


def _constants(tree: ast.Module, known: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that a module gives a name in capital letters."""
    result: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for name, value in _assigned(node.targets[0], node.value):
                text = _text(value, {**known, **result})
                if name.isupper() and text is not None:
                    result[name] = text
    return result


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for name, item in zip(target.elts, value.elts, strict=False):
            yield from _assigned(name, item)


def _texts(node: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and (text := _text(node, names)) is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):  # A docstring.
            yield from _texts(child, names)


def _text(node: ast.AST, names: Mapping[str, str]) -> str | None:
    """Return the text of an expression, with `PLACEHOLDER` for what it computes; `None` if it is not a text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, names) or PLACEHOLDER
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, names) or "" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = _text(node.left, names), _text(node.right, names)
        return None if both == (None, None) else "".join(PLACEHOLDER if text is None else text for text in both)
    return None


# What a read says when something goes wrong.


class OneFault(Run):
    """A run in which one fault happens, at one kind of call."""

    def __init__(self, fault: Fault, kind: str, folder: Path, *, always: bool) -> None:
        super().__init__(0, folder)
        self._fault = fault
        self._kind = kind
        self._left = sys.maxsize if always else 1

    def texts(self) -> list[str]:
        """Read, and return each warning and how the read ended."""
        _LOG.addHandler(self._listener)
        _LOG.propagate = False
        try:
            end = self._end()
        except FotaError as error:
            end = str(error)
        except KeyboardInterrupt:
            end = "interrupted"
        finally:
            _LOG.propagate = True
            _LOG.removeHandler(self._listener)
        return [_VARIES.sub(PLACEHOLDER, text) for text in (*dict.fromkeys(self._listener.lines), end)]

    def _end(self) -> str:
        client = self._process.client
        if self._kind == "firmware":
            return f"{len(client.available_firmware())} versions"
        found = client.account_devices() if self._kind == "account_devices" else client.devices(self._imeis())
        return f"{len(found)} devices, {len(found.missing)} missing"

    def _draw(self, kind: str) -> Fault | None:
        if kind != self._kind or not self._left:
            return None
        self._left -= 1
        return self._fault


def fault_texts() -> Iterator[str]:
    """Return a line for each fault, each kind of call, and whether it happens once or at every call."""
    for fault in TABLE:
        for kind in fault.kinds:
            for often in ("once", "always"):
                with tempfile.TemporaryDirectory() as folder:
                    texts = OneFault(fault, kind, Path(folder), always=often == "always").texts()
                yield f"{fault.name}, {often}, {kind}: {' | '.join(texts)}"


# What differs between two records.


def differences(old: str, new: str) -> Iterator[str]:
    """Return the pairs of lines that differ in facts, each change once, then the lines without a counterpart."""
    before, after = ([line for line in text.splitlines() if line] for text in (old, new))
    removed, added = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    pairs = dict(_pairs(removed, added))
    changes: dict[tuple[str, str, str], list[str]] = {}
    for pair in pairs.items():
        changes.setdefault((_changed_facts(*pair), *_changed(_TOKEN, *pair)), []).append("- {}\n+ {}".format(*pair))
    in_words = 0
    for (facts, *_), texts in sorted(changes.items()):
        if facts:
            yield f"{texts[0]}\n    {facts}" + (f" (and {len(texts) - 1} more)" if len(texts) > 1 else "")
        else:
            in_words += len(texts)
    yield from (f"- {line}" for line in removed if line not in pairs)
    yield from (f"+ {line}" for line in added if line not in pairs.values())
    yield f"{in_words} more differ in words alone"


def _pairs(removed: list[str], added: list[str]) -> Iterator[tuple[str, str]]:
    """Pair the lines of the same fault, and of the others those that are most alike."""
    likeness = {
        (one, other): 1.0 if (fault := _FAULT.match(one)) and other.startswith(fault[0]) else _likeness(one, other)
        for one in removed
        for other in added
    }
    taken: set[tuple[int, str]] = set()
    for pair in sorted(likeness, key=lambda pair: -likeness[pair]):
        sides = {(0, pair[0]), (1, pair[1])}
        if likeness[pair] >= ALIKE and taken.isdisjoint(sides):
            taken |= sides
            yield pair


def _likeness(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, other.split(), one.split(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def _changed_facts(one: str, other: str) -> str:
    changes = ((name, *_changed(pattern, one, other)) for name, pattern in FACTS.items())
    return "; ".join(f"{name}: {gone or 'none'} -> {come or 'none'}" for name, gone, come in changes if gone or come)


def _changed(pattern: re.Pattern[str], one: str, other: str) -> tuple[str, str]:
    """Return what a pattern finds in one text and not in the other, both ways."""
    before, after = (Counter(found.strip("`").lower() for found in pattern.findall(text)) for text in (one, other))
    return ", ".join(sorted((before - after).elements())), ", ".join(sorted((after - before).elements()))


def main() -> None:
    """Renew the record, check it, or compare it with an older one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if the record is out of date")
    parser.add_argument("--compare", metavar="REVISION", help="compare the record with that of a revision")
    options = parser.parse_args()
    new = recorded()
    if options.check and FILE.read_text(encoding="utf-8") != new:
        sys.exit(f"{FILE.name} is out of date: run `make records`, and read the diff")
    if not options.check:
        FILE.write_text(new, encoding="utf-8")
    if options.compare:
        command = ["git", "show", f"{options.compare}:tests/{FILE.name}"]
        done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"cannot compare tests/{FILE.name}: {done.stderr.strip()}")
        sys.stdout.write("\n".join([*differences(done.stdout, new), ""]))


if __name__ == "__main__":
    main()
