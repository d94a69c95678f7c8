"""Text that must not be seen."""

import copy
import json
import pickle

import attrs
import pytest

from pulumi_fota._secret import Secret

CANARY = 'cnr-"\\%/é'


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda s: f"{s!r}", lambda s: "%s %r" % (s, s)])  # noqa: UP031
def test_a_secret_prints_as_stars(show):
    """
    However it gets into a text, the text shows nothing of it.
    """
    assert show(Secret(CANARY)).replace("*** ***", "***") == "***"


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_a_secret_cannot_be_carried_away(take):
    """
    Pickling is how values reach a stack's state and another process, so it is an error.
    """
    with pytest.raises(TypeError):
        take(Secret(CANARY))


def test_a_secret_has_no_attributes_to_walk():
    """
    `vars` and `attrs.asdict` are how reports of crashes look inside.
    """
    holder = attrs.make_class("Holder", ["secret"])(Secret(CANARY))

    assert not hasattr(Secret(CANARY), "__dict__")
    assert CANARY not in str(attrs.asdict(holder))


def test_a_secret_equals_its_like_alone():
    """
    Equal secrets are one key of a dict; a text is never equal to a secret.
    """
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret("cnr-other")
    assert Secret(CANARY) != CANARY
    assert Secret(CANARY).reveal() == CANARY
