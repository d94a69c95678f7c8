"""How many devices of each make, model and firmware a snapshot lists, and how two such lists compare.

A fleet has a handful of these cohorts, or, where each device runs a version of its own, as many as devices: so
the list is bounded. Plain data. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Leaf = tuple[str, str, str]  # Make, model, firmware.
    Tree = dict[str, dict[str, dict[str, int]]]

#: How many cohorts a snapshot lists.
MOST = 1000
#: Stands among the versions of a make and model for all that are not listed. No firmware is called so.
OTHERS = "(other versions)"


def to_tree(leaves: Iterable[Leaf]) -> Tree:
    """Count, and list the largest cohorts; of equal ones, the first by make, model and firmware."""
    by_size = sorted(Counter(leaves).items(), key=lambda item: (-item[1], item[0]))
    listed = Counter(dict(by_size[:MOST]))
    for (make, model, _), n in by_size[MOST:]:
        listed[make, model, OTHERS] += n
    tree: Tree = {}
    for (make, model, firmware), n in sorted(listed.items()):
        tree.setdefault(make, {}).setdefault(model, {})[firmware] = n
    return tree


def from_tree(tree: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Counter[Leaf]:
    """Give the counts of a tree. Pulumi carries every number as a float."""
    return Counter(
        {
            (make, model, firmware): int(n)
            for make, models in tree.items()
            for model, versions in models.items()
            for firmware, n in versions.items()
        }
    )


def growth(was: Counter[Leaf], now: Counter[Leaf]) -> int:
    """Tell how many devices at least are of another cohort.

    A cohort that one side alone lists may have been among the others of the other side, and is counted there.
    """
    if any(firmware == OTHERS for _, _, firmware in was.keys() | now.keys()):
        both = was.keys() & now.keys()
        was, now = _listed(was, both), _listed(now, both)
    return (now - was).total()


def growth_of_models(was: Counter[Leaf], now: Counter[Leaf]) -> int:
    """Tell how many devices at least are of another make or model."""
    return (_listed(now, ()) - _listed(was, ())).total()


def _listed(counts: Counter[Leaf], listed: Iterable[Leaf]) -> Counter[Leaf]:
    """Count those of these cohorts by themselves, and the rest among the others of its make and model."""
    known, result = frozenset(listed), Counter[tuple[str, str, str]]()
    for leaf, n in counts.items():
        make, model, _ = leaf
        result[leaf if leaf in known else (make, model, OTHERS)] += n
    return result
