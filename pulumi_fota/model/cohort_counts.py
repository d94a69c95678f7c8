"""The number of devices of each make, model and firmware, as a snapshot lists it, and how two lists compare.

The list is bounded: a fleet usually has a handful of these cohorts, but as many as devices if each device runs its own
version. Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pulumi_fota.model.digest import UNKNOWN, known_text, known_version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pulumi_fota.model.device import Device

    Leaf = tuple[str, str, str]  # Make, model, firmware.
    Tree = dict[str, dict[str, dict[str, int]]]

#: The number of cohorts that are listed, and the number of makes and models for which the others are added up.
MOST = 1000
#: The name, among the versions of a make and model, of all that are not listed. It is not a possible firmware version.
OTHERS = "(other versions)"
#: The name of all devices that are neither listed nor added up under their make and model.
REST = ("(other makes)", "(other models)", OTHERS)


def cohort_of(device: Device) -> Leaf:
    """Return make, model and firmware as the digest sees them: make and model in lower case."""
    make, model, firmware = known_text(device.make), known_text(device.model), known_version(device.firmware)
    return make or UNKNOWN, model or UNKNOWN, firmware or UNKNOWN


def to_tree(leaves: Iterable[Leaf]) -> Tree:
    """Count the devices of each cohort, and list the largest ones; of equal ones, the first in alphabetical order.

    The others are added up under the makes and models with the most of them. All that is left is one number.
    """
    cohorts = _by_size(Counter(leaves))
    listed = Counter(dict(cohorts[:MOST]))
    others: Counter[Leaf] = Counter()
    for (make, model, _), n in cohorts[MOST:]:
        others[make, model, OTHERS] += n
    for place, (leaf, n) in enumerate(_by_size(others)):
        listed[leaf if place < MOST else REST] += n
    tree: Tree = {}
    for (make, model, firmware), n in sorted(listed.items()):
        tree.setdefault(make, {}).setdefault(model, {})[firmware] = n
    return tree


def from_tree(tree: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Counter[Leaf]:
    """Return the counts of a tree. Pulumi carries every number as a float."""
    return Counter(
        {
            (make, model, firmware): int(n)
            for make, models in tree.items()
            for model, versions in models.items()
            for firmware, n in versions.items()
        }
    )


def growth(was: Counter[Leaf], now: Counter[Leaf]) -> int:
    """Return the least number of devices that changed their cohort.

    A cohort that one side alone lists may be among the others of the other side, so it is counted as one of them.
    """
    if any(firmware == OTHERS for _, _, firmware in was.keys() | now.keys()):
        return _growth(was, now, listed=was.keys() & now.keys())
    return (now - was).total()


def growth_of_models(was: Counter[Leaf], now: Counter[Leaf]) -> int:
    """Return the least number of devices that changed their make or model."""
    return _growth(was, now, listed=frozenset())


def _growth(was: Counter[Leaf], now: Counter[Leaf], *, listed: Collection[Leaf]) -> int:
    """Compare the cohorts in `listed` one by one, and the others by make and model, if both sides have these counts."""
    sides = was, now
    models = {leaf[:2] for side in sides for leaf in side if all(_counts_all(counts, leaf) for counts in sides)}
    before, after = (_in_common(side, listed, models) for side in sides)
    return (after - before).total()


def _counts_all(counts: Counter[Leaf], leaf: Leaf) -> bool:
    """Return whether no device of the make and model of a leaf is among the rest."""
    make, model, _ = leaf
    return REST not in counts or (make, model, OTHERS) in counts


def _in_common(counts: Counter[Leaf], listed: Collection[Leaf], models: Collection[tuple[str, str]]) -> Counter[Leaf]:
    result: Counter[Leaf] = Counter()
    for leaf, n in counts.items():
        make, model, _ = leaf
        other = (make, model, OTHERS) if (make, model) in models else REST
        result[leaf if leaf in listed else other] += n
    return result


def _by_size(counts: Counter[Leaf]) -> list[tuple[Leaf, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
