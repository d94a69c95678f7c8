"""The record of messages: that it is up to date, what is taken from a test, and what two records are compared by."""

from __future__ import annotations

import ast

import pytest

from support.messages import FILE, differences, lines_of, recorded


def test_the_record_of_messages_is_up_to_date():
    """
    Each reworded message is a line of the diff of `tests/messages.txt`.
    """
    kept, now = FILE.read_text(encoding="utf-8").splitlines(), recorded().splitlines()

    changed = sorted(set(kept).symmetric_difference(now))

    assert kept == now, f"run `make records`, and read the diff: {changed[:20]}"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('assert text == "was not found"', {"was not found"}),
        ('assert text == "The first line\\n  and the second"', {"The first line", "and the second"}),
        ('assert text == f"{count} devices"', set()),
        ('assert text == "is\\x00 not\\u202e plain"', {"is\\x00 not\\u202e plain"}),
        ('assert text == f"{count} of {len(all)} devices run"', {"{…} of {…} devices run"}),
        ('WHO = "the device"\nassert text == WHO + " was not found"', {"the device", "the device was not found"}),
        ('A, B = "one", "two words"\nassert text == f"{A} and {B}"', {"two words", "one and two words"}),
        ('assert text == CANNOT + name + "; run it again"', {"cannot read {…}; run it again"}),
        ('def test_it():\n    """Says what it tests."""\n    assert text == "is no docstring"', {"is no docstring"}),
        ('PROGRAM = """import this\nraise SystemExit of this program"""', set()),
        ('assert name == "word" and mode == {"two": "one"}', set()),
    ],
)
def test_texts_of_a_test_are_taken_from_its_source(source: str, lines: set[str]):
    """
    Lines of two words and more, with constants filled in and a mark for what only the running test knows.
    """
    assert lines_of(ast.parse(source), {"CANNOT": "cannot read "}) == lines


@pytest.mark.parametrize(
    ("old", "new", "facts"),
    [
        ("waited 3 s; run it again", "waited 4 s; run it again", "numbers: 3 -> 4"),
        (
            "`make` of 356938035643809 is empty",
            "`model` of 356938035643800 is empty",
            "numbers: 356938035643809 -> 356938035643800; names: make -> model",
        ),
        ("set fota:account to 'a b'", "set FOTA_ACCOUNT to 'c'", "names: 'a b', fota:account -> 'c', fota_account"),
        ("it broke; check the network", "it broke; ask for help", "advice: check -> ask"),
        ("trickle, once, token: no answer", "trickle, once, token: 30 devices", "numbers: none -> 30"),
    ],
)
def test_a_pair_that_differs_in_facts_is_shown(old: str, new: str, facts: str):
    """
    Both lines, and the numbers, names and advice of the one that the other has not.
    """
    assert list(differences(f"is in both\n{old}", f"{new}\nis in both")) == [
        f"- {old}\n+ {new}\n    {facts}",
        "0 more differ in words alone",
    ]


def test_a_pair_that_differs_in_words_alone_is_counted():
    """
    Whether the words are right is for a reader of the diff to judge.
    """
    assert list(differences("waited 3 s; run it again", "3 s passed; run it again")) == ["1 more differ in words alone"]


def test_a_line_without_a_counterpart_is_shown():
    """
    A message that is gone, and one that is new.
    """
    assert list(differences("it broke on the way", "something else entirely")) == [
        "- it broke on the way",
        "+ something else entirely",
        "0 more differ in words alone",
    ]


def test_a_change_of_many_messages_is_told_once():
    """
    With the first of them, and how many more there are.
    """
    old = "\n".join(f"{what} is 0: use 1 to 9" for what in ("days", "hours", "weeks"))

    assert list(differences(old, old.replace("1 to 9", "1 to 8"))) == [
        "- days is 0: use 1 to 9\n+ days is 0: use 1 to 8\n    numbers: 9 -> 8 (and 2 more)",
        "0 more differ in words alone",
    ]
