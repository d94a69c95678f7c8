"""Asking ThingSpace again, in the provider's process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.resources.refresh import SharedReads
from pulumi_fota.resources.stored_form import ReadQuery

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"


def question(*imeis, **of):
    return attrs.evolve(ReadQuery(account="0000123456-00001", protocol=None, connection=None, imeis=imeis), **of)


@pytest.fixture
def together(meters):
    """
    Ask several questions at the same time. Gives a future of each answer, and what was asked in their place.
    """

    def read(*questions, failure=None):
        asked = []

        def ask(whole):
            asked.append(whole)
            if failure:
                raise failure
            return meters({imei: None if imei == D else {} for imei in whole.imeis or (A, B)}, account=whole.account)

        window = threading.Event()
        reads = SharedReads(ask, sleep=lambda _seconds: window.wait())
        with ThreadPoolExecutor(len(questions)) as threads:
            answers = [threads.submit(reads.devices, each) for each in questions]
            while sum(len(batch.lists) for batch in reads._open.values()) < len(questions):
                time.sleep(0)
            window.set()
        return answers, asked

    return read


def test_questions_that_arrive_together_are_asked_as_one(together):
    """
    Each gets its own part of the answer, as if it had asked alone.
    """
    answers, asked = together(question(A, D), question(C), question(B, C))

    first, second, third = (answer.result() for answer in answers)
    assert asked == [question(A, B, C, D)]
    assert ([device.imei for device in first], first.requested, first.missing) == ([A], (A, D), (D,))
    assert ([device.imei for device in second], second.requested, second.missing) == ([C], (C,), ())
    assert ([device.imei for device in third], third.requested, third.missing) == ([B, C], (B, C), ())


def test_questions_of_another_account_filter_or_connection_are_asked_apart(together):
    """
    One answer cannot serve two of them.
    """
    different = [
        question(A),
        question(B, account="0000123456-00002"),
        question(C, protocol="LWM2M"),
        question(D, connection="east"),
    ]

    _, asked = together(*different)

    assert sorted(asked, key=lambda each: each.imeis) == different


def test_a_failure_is_everybodys(together):
    """
    None of them is told that its devices are missing.
    """
    answers, asked = together(question(A), question(B), failure=ServiceUnavailable("ThingSpace is unavailable"))

    assert len(asked) == 1
    for answer in answers:
        with pytest.raises(ServiceUnavailable, match="ThingSpace is unavailable"):
            answer.result()


def test_after_a_failure_the_next_question_is_asked_again(meters):
    """
    Nothing is remembered: neither a failure nor an answer.
    """
    answers = iter([ServiceUnavailable("ThingSpace is unavailable"), meters({A: {}})])

    def ask(_whole):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    reads = SharedReads(ask, sleep=lambda _seconds: None)

    with pytest.raises(ServiceUnavailable):
        reads.devices(question(A))
    assert reads.devices(question(A)) == meters({A: {}})


def test_an_account_is_read_whole(meters):
    """
    Its answer is nobody's part.
    """
    whole = meters({A: {}, B: {}}, requested=None)

    reads = SharedReads(lambda _question: whole, sleep=lambda _seconds: None)

    assert reads.devices(question(imeis=None)) is whole
