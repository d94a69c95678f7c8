"""A gate: rules that a set of devices must hold to, and the ways to ask.

What is found is the evaluator's, what is said the message's; here stands what happens then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, overload

import pulumi

from pulumi_fota.errors import InvalidArgument, InvalidRule
from pulumi_fota.gate.enforcement import Enforcement, warn_of_advisory_mode
from pulumi_fota.gate.evaluate import evaluate
from pulumi_fota.gate.gate_uses import number_in_run
from pulumi_fota.gate.hooks import hook_for
from pulumi_fota.gate.missing import MISSING, OnMissing, missing_rule
from pulumi_fota.gate.reporter import Reporter
from pulumi_fota.gate.rule import Rule, canonical, check_flag, check_name, check_text
from pulumi_fota.gate.waiver import Waiver
from pulumi_fota.model.device_set import DeviceSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_fota.gate.verdict import Verdict


class Gate:
    """Rules that a set of devices must hold to, or the deployment stops.

    Args:
        name: What messages, reports and report files call it: letters, digits, dots, dashes and underscores,
            beginning with a letter or a digit.
        rules: From `pulumi_fota.rules`. A rule that stands twice needs an `id=` of its own.
        on_missing: What becomes of devices that were asked for and did not come back: `"fail"`, `"warn"` or `"pass"`.
        at_most_missing: So many may be missing: a number, or a percentage such as `"1%"`.
        allow_empty: Whether there may be no device at all. Otherwise nothing to check is a failure.
        waivers: What may fail, why, and until when.
        report_dir: Where report files go, relative to the program's folder; default: `fota:reportDir`.

    Raises:
        InvalidRule: A rule, a waiver or an argument cannot be used.
    """

    def __init__(
        self,
        name: str,
        *rules: Rule,
        on_missing: OnMissing = "fail",
        at_most_missing: str | int = 0,
        allow_empty: bool = False,
        waivers: Sequence[Waiver] = (),
        report_dir: str | None = None,
    ) -> None:
        check_name("the name of a gate", name)
        for rule in rules:
            if not isinstance(rule, Rule):
                raise InvalidRule.no_rule(name, rule)
        if report_dir is not None:
            check_text("report_dir", report_dir)
        check_flag(f"gate {name!r}: allow_empty=", allow_empty)
        own = missing_rule(on_missing, at_most_missing)
        self.name = name
        self.rules = rules
        #: With the gate's own check of missing devices.
        self.all_rules: tuple[Rule, ...] = (*([own] if own else []), *rules)
        self.allow_empty = allow_empty
        self.waivers: tuple[Waiver, ...] = _listed(name, waivers)
        self.report_dir = report_dir
        self._check_ids()

    def __repr__(self) -> str:
        return f"<Gate {self.name!r} of {len(self.rules)} rules>"

    def check(self, devices: DeviceSet) -> Verdict:
        """Judge devices, and stop nothing: a verdict, which writes no report.

        Raises:
            InvalidRule: A function of the program's own, a rule or a scheme, cannot judge a device.
        """
        return evaluate(self, _device_set(devices, "check"))

    @overload
    def require(self, devices: DeviceSet) -> DeviceSet: ...
    @overload
    def require(self, devices: pulumi.Output[DeviceSet]) -> pulumi.Output[DeviceSet]: ...
    def require(self, devices: DeviceSet | pulumi.Output[DeviceSet]) -> DeviceSet | pulumi.Output[DeviceSet]:
        """Stop the deployment, at preview and at up, unless the devices hold to the rules.

        Of an Output it gives back the checked Output: what must wait for the gate is fed from that one. Resources
        that are not go ahead, and what the program declared before may already be applied, so call it early.
        Where the devices are known only during up, a preview warns that the gate was not evaluated.

        Raises:
            GateFailed: A mandatory rule fails, and `fota:gate` is not `advisory`. Of an Output it comes out of that.
            InvalidRule: As of `check`; whatever `fota:gate` is.
        """
        if isinstance(devices, pulumi.Output):
            # A coroutine that gives an Output is flattened, which the types of the SDK do not say.
            return pulumi.Output.from_input(cast("Any", self._require_later(devices, number_in_run(self, devices))))
        return self._require_now(devices, Reporter(self, number_in_run(self, devices)))

    def hooks(self, devices: DeviceSet) -> pulumi.ResourceHookBinding:
        """Guard single resources: `opts=pulumi.ResourceOptions(hooks=gate.hooks(devices))`.

        Before such a resource is created or updated, at preview and at up, the gate stops it and what depends on it.
        Resources that do not depend on it go ahead, and Pulumi runs no hook for a resource without a change. There is
        never a hook on delete: Pulumi could not destroy the resource without running the program. Called again with
        the same set, it gives the same hook, and the devices are judged once.

        Raises:
            InvalidArgument: The devices are an Output, which a hook could wait for without end (use `require`), or no
                program runs.
            InvalidRule: As of `check`; whatever `fota:gate` is.
            InvalidSetting: A setting of the gates cannot be used.
        """
        hook = hook_for(self, _device_set(devices, "hooks"))
        return pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])

    def _require_now(self, devices: DeviceSet, reporter: Reporter) -> DeviceSet:
        enforcement = Enforcement.of(_device_set(devices, "require"), reporter)
        enforcement.warn()
        enforcement.enforce()
        return devices

    async def _require_later(self, output: pulumi.Output[DeviceSet], number: int) -> pulumi.Output[DeviceSet]:
        try:
            reporter = Reporter(self, number, secret=await output.is_secret())
            known = await output.is_known()
            if not known:  # Older releases of the SDK say so of one that failed, too.
                await output.future()
        except Exception as error:
            Reporter(self, number).not_read(error)
            raise
        if not known:
            message = f"gate '{self.name}' was not evaluated: its devices are known only during up"
            if reporter.settings.advisory:
                warn_of_advisory_mode()
            pulumi.log.warn(message)
            reporter.not_evaluated(message)
            return output
        return output.apply(lambda devices: self._require_now(devices, reporter))

    def _check_ids(self) -> None:
        ids = [rule.id for rule in self.all_rules]
        if not ids:
            raise InvalidRule.checks_nothing(self.name)
        for rule in self.rules:
            if rule.id == MISSING:
                raise InvalidRule.reserved_id(MISSING)
            if ids.count(rule.id) > 1:
                raise InvalidRule.id_twice(self.name, rule.id)
        rules = {rule.id: rule for rule in self.all_rules}
        for waiver in self.waivers:
            if not isinstance(waiver, Waiver):
                raise InvalidRule.no_waiver(self.name, waiver)
            if waiver.rule not in rules:
                raise InvalidRule.waiver_of_no_rule(self.name, waiver.rule, ids)
            if waiver.model is not None:
                self._check_model(waiver.model, rules[waiver.rule])

    def _check_model(self, waived: str, rule: Rule) -> None:
        """Check that a device of a model can fail a rule, or its waiver would wait for ever."""
        if rule.id == MISSING:
            raise InvalidRule.waiver_of_missing_model(self.name, rule.id, waived)
        if rule.model is not None and canonical(rule.model) != canonical(waived):
            raise InvalidRule.waiver_of_other_model(self.name, rule.id, waived, speaks_of=rule.model)


def _listed(gate: str, waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    try:
        items = iter(waivers)
    except TypeError:
        raise InvalidRule.no_waivers(gate, waivers) from None
    return tuple(items)


def _device_set(devices: Any, method: str) -> DeviceSet:
    if not isinstance(devices, DeviceSet):
        raise InvalidArgument.not_for_gate(method, devices)
    return devices
