"""Rules of the program's own: a function that looks at one device.

Knows nothing of Pulumi.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pulumi_fota.errors import FotaError, InvalidRule
from pulumi_fota.gate.answer import PASS, RuleAnswer
from pulumi_fota.gate.rule import Rule, RuleCheck
from pulumi_fota.gate.wording import Phrase
from pulumi_fota.model.device import Device

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.gate.rule import CommonOptions

#: Looks at a device: `True` passes, `False` fails, a text fails and is the reason, `None` is unknown.
CustomCheck: TypeAlias = Callable[[Device], "bool | str | None"]

_FAILS = Phrase("does not pass", "do not pass")
_UNKNOWN = RuleAnswer("unknown", Phrase("has no answer", "have no answer"))


def rule(id: str, **options: Unpack[CommonOptions]) -> Callable[[CustomCheck], Rule]:
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

    def make(check: CustomCheck) -> Rule:
        def judge(device: Device) -> RuleAnswer:
            try:
                returned = check(device)
            except FotaError as error:
                raise error.as_quotation() from error
            except Exception as error:
                raise InvalidRule.check_raised(id, device.imei, error) from error
            return _answer(id, device, returned)

        rule_check = RuleCheck(holds=Phrase("passes", "pass"), judge_of=lambda _devices: judge)
        return Rule.with_check(rule_check, id, options)

    return make


def _answer(id: str, device: Device, returned: object) -> RuleAnswer:
    if returned is True:
        return PASS
    if returned is None:
        return _UNKNOWN
    if returned is False:
        return RuleAnswer("fail", _FAILS)
    if isinstance(returned, str):
        return RuleAnswer("fail", _FAILS, returned)
    raise InvalidRule.check_answered(id, device.imei, returned)
