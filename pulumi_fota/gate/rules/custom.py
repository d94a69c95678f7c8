"""Custom rules: a function of the program that looks at one device.

Knows nothing of Pulumi.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pulumi_fota._text import place_of, safe
from pulumi_fota.errors import FotaError, InvalidRule, described
from pulumi_fota.gate.rule import PASS, Phrase, Rule, RuleAnswer, RuleCheck
from pulumi_fota.model.device import Device

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.gate.rule import CommonOptions

#: Looks at a device: `True` passes, `False` fails, a text fails and is the reason, `None` is unknown.
CustomCheck: TypeAlias = Callable[[Device], "bool | str | None"]

_LONGEST = 400  # Characters of an exception of the program.
_FAILS = Phrase("does not pass", "do not pass")
_UNKNOWN = RuleAnswer("unknown", Phrase("has no answer", "have no answer"))


def rule(id: str, **options: Unpack[CommonOptions]) -> Callable[[CustomCheck], Rule]:
    """Make a rule from a function that looks at one device.

    The function returns `True` if the device passes, a text if it fails (the text is the reason), `False` if it fails
    without a reason, and `None` if it cannot tell. Another value, or an exception of the function, stops the program
    with an error that names the rule and the device.

    Args:
        id: The name of the rule in messages, reports and waivers: letters, digits, dots, dashes and underscores.
        options: The keywords that every rule takes.

    Raises:
        InvalidRule: The id or an option is invalid.
    """

    def make(check: CustomCheck) -> Rule:
        def judge(device: Device) -> RuleAnswer:
            try:
                returned = check(device)
            except FotaError as error:
                raise error.as_quotation() from error
            except Exception as error:
                text = str(error)
                raise InvalidRule(
                    f"rule {id!r} could not judge device {device.imei}: {type(error).__name__}",
                    quoted=f": {safe(text, longest=_LONGEST)}" if text else "",
                    rest=f" ({place_of(error)}); correct the rule's function",
                ) from error
            return _answer(id, device, returned)

        # The function may look at anything of a device, so it is asked about each.
        return Rule.with_check(RuleCheck.of(judge, "imei"), Phrase("passes", "pass"), id, options)

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
    raise InvalidRule(
        f"rule {id!r} returned a value of type {type(returned).__name__}",
        quoted=f", {described(returned)},",
        rest=(
            f" for device {device.imei}: "
            "return True to pass, False or a text (the reason) to fail, or None if it cannot tell"
        ),
    )
