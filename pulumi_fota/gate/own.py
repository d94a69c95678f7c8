"""Rules of the program's own: a function that looks at one device.

Knows nothing of Pulumi.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pulumi_fota.errors import FotaError, InvalidRule
from pulumi_fota.gate.answer import PASS, Answer
from pulumi_fota.gate.rule import Question, Rule
from pulumi_fota.gate.wording import Phrase
from pulumi_fota.model.device import Device

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.gate.rule import NamedOptions

#: Looks at a device: `True` passes, `False` fails, a text fails and is the reason, `None` is unknown.
Check: TypeAlias = Callable[[Device], "bool | str | None"]

_FAILS = Phrase("does not pass", "do not pass")
_UNKNOWN = Answer("unknown", Phrase("has no answer", "have no answer"))


def rule(id: str, **options: Unpack[NamedOptions]) -> Callable[[Check], Rule]:
    """Make a rule of a function that looks at one device.

    The function answers `True` where the device passes, a text where it fails (the text is the reason), `False`
    where there is no more to say, and `None` where it cannot tell. Another answer, and an exception of the function,
    stops the program with an error that names the rule and the device.

    Args:
        id: The name of the rule in messages, reports and waivers: letters, digits, dots, dashes and underscores.
        options: What every rule takes.

    Raises:
        InvalidRule: The id or an option cannot be used.
    """

    def make(check: Check) -> Rule:
        def judge(device: Device) -> Answer:
            try:
                found = check(device)
            except FotaError:
                raise
            except Exception as error:
                raise InvalidRule.check_raised(id, device.imei, error) from error
            return _answer(id, device, found)

        question = Question(holds=Phrase("passes", "pass"), judge_of=lambda _devices: judge)
        return Rule.asking(question, id, options)

    return make


def _answer(id: str, device: Device, found: object) -> Answer:
    if found is True:
        return PASS
    if found is None:
        return _UNKNOWN
    if found is False:
        return Answer("fail", _FAILS)
    if isinstance(found, str):
        return Answer("fail", _FAILS, found)
    raise InvalidRule.check_answered(id, device.imei, found)
