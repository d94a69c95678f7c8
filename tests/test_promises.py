"""The list of the tests that there were, and how the script that keeps it finds those that moved."""

from __future__ import annotations

import pytest

from support.promises import Promise, parse, problems, sources, updated

HEAD = "# 2 tests with 4 cases at 0123abc. Kept up to date by `make records`; see CONTRIBUTING.md."
A, B, C = "tests/test_a.py::test_one", "tests/test_a.py::test_two", "tests/test_b.py::Test::test_three"
FORMS = [
    f"{A} (3): kept",
    f"{A} (3): kept, 2 cases because one was there twice",
    f"{A} (3): renamed to {C}",
    f"{A} (3): renamed to {C} because it tests a class",
    f"{A} (3): renamed to {C}, 1 case because two were there twice",
    f"{A} (3): gone because {C} tests it",
    f"? {A} (3): gone because ",
]
BODY = """
def {name}(fleets):
    gate = Gate("meters", rules.licensed())
    verdict = gate.check(fleets.of(fleets.device(1), missing=GONE[:1]))
    assert verdict.message == "Gate 'meters' is closed: 1 of 2 rules failed for 1 device."
"""


def kept(test: str, cases: int) -> Promise:
    return Promise(test, cases, target=test, least=cases)


@pytest.mark.parametrize("line", FORMS)
def test_a_line_is_written_as_it_was_read(line: str):
    """
    Whatever became of a test.
    """
    assert str(Promise.parse(line)) == line


@pytest.mark.parametrize("line", [A, f"{A} (3)", f"{A}: kept", f"{A} (3): lost", "<<<<<<< HEAD"])
def test_a_line_of_another_form_is_refused(line: str):
    """
    Such as what a merge leaves behind.
    """
    with pytest.raises(ValueError, match="not a line of this file"):
        Promise.parse(line)


@pytest.mark.parametrize("lines", [[B], [A, A], [A], []])
def test_a_file_that_lost_a_line_is_refused(lines: list[str]):
    """
    The first line says how many tests and cases there were, so that a merge cannot drop one.
    """
    complete = "\n".join([HEAD, str(kept(A, 3)), str(kept(B, 1))])
    text = "\n".join([HEAD, *(line for line in complete.splitlines() if line.partition(" ")[0] in lines)])

    assert parse(complete) == [kept(A, 3), kept(B, 1)]
    with pytest.raises(ValueError, match="missing or stand twice"):
        parse(text)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"{A} (2): kept", None),
        (f"{A} (3): kept", f"2 cases instead of 3: {A}"),
        (f"{A} (3): kept, 2 cases because one was there twice", None),
        (f"{A} (3): kept, 2 cases because ", "say why there are fewer cases: "),
        (f"{B} (2): renamed to {A}", None),
        (f"{B} (2): kept", "no such test: "),
        (f"{B} (2): gone because {A} tests it", None),
        (f"{B} (2): gone because CONTRIBUTING.md does not ask for it", None),
        (f"{B} (2): gone because nobody needs it", "name the test or the document that keeps the promise: "),
        (f"{B} (2): gone because {C} tests it", "name the test or the document that keeps the promise: "),
        (f"? {B} (2): renamed to {A}", "to be completed: "),
    ],
)
def test_a_line_that_is_not_true_is_told(line: str, problem: str | None):
    """
    A test that is not there, cases that are not there, and a reason that names nothing.
    """
    told = list(problems([Promise.parse(line)], {A: 2}))

    assert told == ([] if problem is None else [problem if problem.endswith(A) else problem + line])


def test_tests_that_were_folded_into_one_have_all_their_cases_there():
    """
    Two tests with a case each are one with two.
    """
    promises = [kept(A, 1), Promise(B, 1, target=A, least=1)]

    assert list(problems(promises, {A: 2})) == []
    assert list(problems(promises, {A: 1})) == [f"1 cases instead of 2: {A}"]


def test_a_test_that_moved_is_found_by_its_name():
    """
    Whatever became of its body.
    """
    moved = "tests/gate/test_c.py::test_one"

    assert list(map(str, updated([kept(A, 3)], {moved: 3}, {}, {}))) == [f"{A} (3): renamed to {moved}"]


def test_a_test_that_was_renamed_is_found_by_its_body():
    """
    A word or two may differ.
    """
    old = sources("tests/test_a.py", BODY.format(name="test_one"))
    new = sources("tests/test_a.py", BODY.format(name="test_two").replace("missing=", "absent="))

    assert list(map(str, updated([kept(A, 3)], {B: 3}, old, new))) == [f"{A} (3): renamed to {B}"]


def test_a_test_in_a_class_is_found():
    """
    By its name, with that of the class.
    """
    source = "class Test:\n" + BODY.format(name="test_three").replace("\n", "\n    ")

    assert list(sources("tests/test_b.py", source)) == [C]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        ({C: 1}, f"? {A} (3): gone because "),
        ({A: 2}, f"? {A} (3): kept, 2 cases because "),
        ({"tests/test_c.py::test_one": 1}, f"? {A} (3): renamed to tests/test_c.py::test_one, 1 case because "),
    ],
)
def test_what_only_a_person_knows_is_asked_for(found: dict[str, int], line: str):
    """
    Why a test is gone, or has fewer cases.
    """
    assert str(updated([kept(A, 3)], found, {}, {})[0]) == line


def test_a_test_that_keeps_another_promise_is_proposed_only():
    """
    Whether one test keeps two promises is for a person to judge.
    """
    source = BODY.format(name="test_one")
    old = sources("tests/test_a.py", source)
    new = sources("tests/test_a.py", source.replace("test_one", "test_two"))

    assert list(map(str, updated([kept(A, 1), kept(B, 1)], {B: 1}, old, new))) == [
        f"? {A} (1): renamed to {B}",
        f"{B} (1): kept",
    ]


def test_what_a_person_wrote_stays():
    """
    A reason is asked for once.
    """
    lines = [f"{A} (3): gone because {B} tests it", f"{B} (3): kept, 2 cases because one was there twice"]

    assert [*map(str, updated([*map(Promise.parse, lines)], {B: 2}, {}, {}))] == lines
