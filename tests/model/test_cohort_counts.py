"""How many devices of each make, model and firmware a snapshot lists, and how two such lists compare."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.model import cohort_counts
from pulumi_fota.model.cohort_counts import OTHERS, REST, from_tree, growth, growth_of_models, to_tree


def fleet(counts):
    return [("m", "x", firmware) for firmware, n in counts.items() for _ in range(n)]


def test_a_thousand_cohorts_are_all_listed():
    """
    In the order of their values, with their numbers.
    """
    counts = {f"v{n:04}": 1 + n % 2 for n in range(1000)}

    assert to_tree(reversed(fleet(counts))) == {"m": {"x": counts}}
    assert list(to_tree(reversed(fleet(counts)))["m"]["x"]) == sorted(counts)


def test_of_more_the_largest_are_listed_and_the_rest_is_counted():
    """
    Under their own make and model, with a key that is no version; of equal cohorts the first are listed.
    """
    large = [("m", "x", "v9999")] * 3
    small = [("m", "x", f"v{n:04}") for n in range(999)]
    rest = [("m", "x", "v0999"), ("m", "x", "v1000"), ("n", "y", "v0000"), ("n", "y", "v0000 ")]

    tree = to_tree([*rest, *small, *large])

    assert tree["m"]["x"] == {"v9999": 3, **dict.fromkeys((f"v{n:04}" for n in range(999)), 1), "(other versions)": 2}
    assert tree["n"] == {"y": {"(other versions)": 2}}


def test_with_more_models_than_it_lists_the_list_is_bounded():
    """
    A thousand cohorts are listed, the rest of a thousand makes and models is counted under these, and what is left is
    one number. The makes and models with the most such devices are those that are named.
    """
    many = [("m", f"x{n:04}", f"v{version}") for n in range(1700) for version in range(3 if n == 1699 else 2)]

    tree = to_tree(many)

    counts = from_tree(tree)
    others = {leaf: n for leaf, n in counts.items() if leaf[2] == OTHERS}
    assert len(counts) == 2001
    assert counts.total() == len(many)
    assert others["m", "x1699", OTHERS] == 3
    assert tree["(other makes)"] == {"(other models)": {"(other versions)": 400}}


def test_a_list_is_the_same_however_the_devices_are_ordered():
    """
    Where equal cohorts compete for the last places as well.
    """
    leaves = [("m", "x", f"v{n}") for n in range(1500)]

    assert to_tree(leaves) == to_tree(reversed(leaves))


def test_numbers_that_pulumi_carried_are_whole():
    """
    Every number comes back from the engine as a float.
    """
    assert repr(from_tree({"m": {"x": {"1": 2.0}}})) == "Counter({('m', 'x', '1'): 2})"


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"1": 3}, {"1": 1, "2": 2}, 2),
        ({"1": 3, "2": 1}, {"1": 3, "2": 1}, 0),
        ({"1": 3, OTHERS: 2}, {"1": 2, OTHERS: 3}, 1),
        ({"1": 3, "2": 5, OTHERS: 5}, {"1": 3, "3": 5, OTHERS: 5}, 0),
        ({"1": 3, "2": 5, OTHERS: 5}, {"1": 1, "3": 7, OTHERS: 5}, 2),
        ({"1": 3, "2": 1}, {"1": 3, OTHERS: 1}, 0),
    ],
)
def test_a_cohort_that_one_list_leaves_out_may_have_been_there(was, now, told):
    """
    It is taken for one of the others, so that no more devices are told of than changed.
    """
    counts = (Counter({("m", "x", firmware): n for firmware, n in each.items()}) for each in (was, now))

    assert growth(*counts) == told


def test_other_versions_of_a_model_are_that_model():
    """
    Whatever of a model is listed, its devices are as many.
    """
    was = Counter({("m", "x", "1"): 2, ("m", "x", OTHERS): 2, ("m", "y", "1"): 1})
    now = Counter({("m", "x", "2"): 3, ("m", "y", OTHERS): 2})

    assert growth_of_models(was, now) == 1


def test_a_model_that_one_list_leaves_out_may_have_been_there():
    """
    It is taken for a part of the rest, so that no more devices are told of than changed; but where both sides count
    all of a model, its devices are compared.
    """
    was = Counter({("m", "x", "1"): 2, ("m", "x", OTHERS): 3, REST: 4})
    moved = Counter({("m", "x", "1"): 2, ("m", "x", OTHERS): 1, REST: 6})
    unlisted = Counter({("m", "x", "1"): 2, REST: 7})

    assert (growth(was, moved), growth_of_models(was, moved)) == (2, 2)
    assert (growth(was, unlisted), growth_of_models(was, unlisted)) == (0, 0)


@given(data=st.data())
def test_never_more_devices_are_told_of_than_changed(data):
    """
    However few cohorts are listed, and however many devices move.
    """
    cohort = st.tuples(st.sampled_from("mn"), st.sampled_from("xy"), st.sampled_from("12345"))
    size = data.draw(st.integers(0, 12))
    was, now = (data.draw(st.lists(cohort, min_size=size, max_size=size)) for _ in range(2))
    with pytest.MonkeyPatch.context() as patched:
        most = data.draw(st.integers(1, 6))
        patched.setattr(cohort_counts, "MOST", most)
        listed = [from_tree(to_tree(each)) for each in (was, now)]

    assert growth(*listed) <= sum(one != other for one, other in zip(was, now, strict=True))
    assert growth_of_models(*listed) <= sum(one[:2] != other[:2] for one, other in zip(was, now, strict=True))
    assert sum(listed[1].values()) == size
    assert len(listed[1]) <= 2 * most + 1
