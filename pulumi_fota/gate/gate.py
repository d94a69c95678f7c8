"""A gate: rules that a set of devices must satisfy, and the ways to ask it.

Owns what a gate is made of, and what `check`, `require` and `hooks` do. What a gate finds is the evaluator's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, overload

import pulumi

from pulumi_fota._text import shown
from pulumi_fota.errors import FotaError, InvalidArgument, InvalidRule
from pulumi_fota.gate.arguments import check_flag, check_name
from pulumi_fota.gate.enforce import Enforcement, GateUse, Reporter, gate_uses_of_run, use_in_run, warn_of_advisory_mode
from pulumi_fota.gate.evaluate import MISSING, GateTerms, OnMissing, evaluate, missing_requirement
from pulumi_fota.gate.rule import Rule, canonical
from pulumi_fota.gate.waiver import Waiver
from pulumi_fota.model.device_set import DeviceSet
from pulumi_fota.settings import check_thread, checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    from pulumi_fota.gate.verdict import Verdict


class Gate:
    """Stops the deployment unless the devices satisfy the rules.

    Args:
        name: The name in messages, reports and report files: letters, digits, dots, dashes and underscores, beginning
            with a letter or a digit.
        rules: Rules of `pulumi_fota.rules`. A rule that is listed twice needs its own `id=`.
        on_missing: What follows from devices that were asked for and did not come back: `"fail"`, `"warn"` or `"pass"`.
        at_most_missing: The maximum that may be missing: a number, or a percentage such as `"1%"`.
        allow_empty: Whether there may be no device at all. By default, nothing to check is a failure.
        waivers: Which devices may fail which rules, why, and until when.
        report_dir: The folder of the report files, relative to the program's folder; default: `fota:reportDir`.

    Raises:
        InvalidRule: A rule, a waiver or an argument is invalid.
    """

    def __init__(
        self,
        name: str,
        *rules: Rule,
        on_missing: OnMissing = "fail",
        at_most_missing: str | int = 0,
        allow_empty: bool = False,
        waivers: Sequence[Waiver] = (),
        report_dir: str | PathLike[str] | None = None,
    ) -> None:
        check_name("the name of a gate", name)
        for rule in rules:
            if not isinstance(rule, Rule):
                raise InvalidRule(
                    f"gate {name!r} was given a rule of type {type(rule).__name__}: pass a rule of pulumi_fota.rules"
                )
        check_flag(f"gate {name!r}: allow_empty=", allow_empty)
        missing = missing_requirement(on_missing, at_most_missing)
        self.name = name
        self.rules = rules
        self.allow_empty = allow_empty
        self.waivers: tuple[Waiver, ...] = _listed(name, waivers)
        self.report_dir: str | None = None if report_dir is None else _folder(name, report_dir)
        self._terms = GateTerms(gate=name, rules=rules, missing=missing, waivers=self.waivers, allow_empty=allow_empty)
        self._check_ids()
        self._check_waivers()

    def __repr__(self) -> str:
        return f"<Gate {self.name!r} of {len(self.rules)} rules>"

    def check(self, devices: DeviceSet) -> Verdict:
        """Return the verdict on a set of devices; it stops nothing and writes no report.

        Raises:
            InvalidRule: A function of the program, a rule or a scheme, cannot judge a device.
        """
        return evaluate(self._terms, _device_set(devices, "check"))

    @overload
    def require(self, devices: DeviceSet) -> DeviceSet: ...
    @overload
    def require(self, devices: pulumi.Output[DeviceSet]) -> pulumi.Output[DeviceSet]: ...
    def require(self, devices: DeviceSet | pulumi.Output[DeviceSet]) -> DeviceSet | pulumi.Output[DeviceSet]:
        """Stop the deployment, at preview and at up, unless the devices satisfy the rules.

        Returns the devices. For an Output it returns the checked Output: use that one for what must wait for the gate.
        Other resources go ahead, and what the program declared before may already be applied, so call it early.
        If the devices are known only during up, a preview warns that the gate was not evaluated.

        Raises:
            GateFailed: A mandatory rule fails, and `fota:gate` is not `advisory`. With an Output, awaiting it raises.
            InvalidRule: As in `check`, whatever `fota:gate` is.
        """
        if isinstance(devices, pulumi.Output):
            use = use_in_run(self, self.name, devices)
            # A coroutine that returns an Output is flattened, which the types of the SDK do not say.
            return pulumi.Output.from_input(cast("Any", self._require_later(devices, use)))
        return self._require_now(devices, self._reporter(use_in_run(self, self.name, devices)))

    def hooks(self, devices: DeviceSet) -> pulumi.ResourceHookBinding:
        """Guard single resources: `opts=pulumi.ResourceOptions(hooks=gate.hooks(devices))`.

        Before such a resource is created or updated, at preview and at up, the gate stops it and what depends on it.
        Resources that do not depend on it go ahead, and Pulumi runs no hook for a resource without a change. There is
        never a hook on delete: Pulumi could not destroy the resource without running the program. Called again with
        the same set, it returns the same hook, and the devices are judged once.

        Raises:
            InvalidArgument: The devices are an Output, which a hook could wait for without end (use `require`), or no
                program runs.
            InvalidRule: As in `check`, whatever `fota:gate` is.
            InvalidSetting: A setting of the gates is invalid.
        """
        if isinstance(devices, pulumi.Output):
            raise InvalidArgument(
                "Gate.hooks was given an Output, which a hook could wait for without end: "
                "use require, and give the resources what it returns"
            )
        devices = _device_set(devices, "hooks")
        check_thread()
        uses = gate_uses_of_run()
        if uses is None:
            raise InvalidArgument(
                f"gate {self.name!r} was asked for hooks, but no Pulumi program is running: "
                "call Gate.hooks in the program, or Gate.check for a verdict alone"
            )
        use = uses.use_of(self, self.name, devices)
        if use.hook is None:
            enforcement = self._enforcement(devices, self._reporter(use), later=True)
            enforcement.announce()
            use.hook = enforcement.as_hook()
        return pulumi.ResourceHookBinding(before_create=[use.hook], before_update=[use.hook])

    def _reporter(self, use: GateUse, *, secret: bool = False) -> Reporter:
        return Reporter(self.name, use, self.report_dir, secret)

    def _enforcement(self, devices: DeviceSet, reporter: Reporter, *, later: bool = False) -> Enforcement:
        try:
            verdict = evaluate(self._terms, devices)
        except FotaError as error:
            failure = reporter.not_judged(error)
            if failure is error:
                raise
        else:
            return Enforcement.of(verdict, reporter, later=later)
        raise failure  # Out here, so that no other error, which says more, is chained to it.

    def _require_now(self, devices: DeviceSet, reporter: Reporter) -> DeviceSet:
        enforcement = self._enforcement(_device_set(devices, "require"), reporter)
        enforcement.announce()
        enforcement.enforce()
        return devices

    async def _require_later(self, output: pulumi.Output[DeviceSet], use: GateUse) -> pulumi.Output[DeviceSet]:
        try:
            reporter = self._reporter(use, secret=await output.is_secret())
            known = await output.is_known()
            if not known:  # Older releases of the SDK say so of one that failed, too.
                await output.future()
        except Exception as error:
            self._reporter(use).not_read(error)
            raise
        if not known:
            message = f"gate '{self.name}' was not evaluated: its devices are known only during up"
            if reporter.settings.advisory:
                warn_of_advisory_mode()
            pulumi.log.warn(message)
            reporter.not_evaluated(message)
            return output
        return output.apply(lambda devices: self._require_now(devices, reporter))

    def _ids(self) -> list[str]:
        own = [] if self._terms.missing is None else [MISSING]
        return [*own, *(rule.id for rule in self.rules)]

    def _check_ids(self) -> None:
        ids = self._ids()
        if not ids:
            raise InvalidRule(
                f"gate {self.name!r} checks nothing: it has no rules, and missing devices pass; "
                "give it a rule, or leave on_missing='pass' out"
            )
        for rule in self.rules:
            if rule.id == MISSING:
                raise InvalidRule(
                    f"a rule cannot be called {shown(MISSING)}: that is the gate's own check of devices that did not "
                    "come back; give it another id="
                )
            if ids.count(rule.id) > 1:
                raise InvalidRule(
                    f"gate {self.name!r} has two rules called {shown(rule.id)}: give one of them its own id="
                )

    def _check_waivers(self) -> None:
        """Check that each waiver names a rule, and devices that can fail it."""
        ids, rules = self._ids(), {rule.id: rule for rule in self.rules}
        for waiver in self.waivers:
            if not isinstance(waiver, Waiver):
                raise InvalidRule(
                    f"gate {self.name!r} was given a waiver of type {type(waiver).__name__}: pass Waiver(rule=…, …)"
                )
            if waiver.rule not in ids:
                raise InvalidRule(
                    f"gate {self.name!r} waives rule {shown(waiver.rule)}, but has no such rule: "
                    f"its rules are {', '.join(ids)}"
                )
            if waiver.model is None:
                continue
            idle = (
                f"gate {self.name!r} has a waiver of rule {shown(waiver.rule)} for model {shown(waiver.model)}, "
                "which waives nothing: "
            )
            if waiver.rule == MISSING:
                raise InvalidRule(f"{idle}a missing device has no model: name its imei")
            model = rules[waiver.rule].model
            if model is not None and canonical(model) != canonical(waiver.model):
                raise InvalidRule(
                    f"{idle}the rule is about model {shown(model)}: correct one of them, or leave the waiver out"
                )


def _folder(gate: str, report_dir: str | PathLike[str]) -> str:
    try:
        return checks.path(report_dir)
    except ValueError as reason:
        raise InvalidRule(f"gate {gate!r}: report_dir= {reason}") from None


def _listed(gate: str, waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    try:
        items = iter(waivers)
    except TypeError:
        raise InvalidRule(
            f"gate {gate!r}: waivers= is of type {type(waivers).__name__}: pass a list, such as [Waiver(rule=…, …)]"
        ) from None
    return tuple(items)


def _device_set(devices: Any, method: str) -> DeviceSet:
    if not isinstance(devices, DeviceSet):
        raise InvalidArgument(
            f"Gate.{method} was given a value of type {type(devices).__name__}: "
            "pass the DeviceSet that get_devices gives"
        )
    return devices
