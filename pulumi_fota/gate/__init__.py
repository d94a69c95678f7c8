"""The gate: rules about devices, and the ways in which they stop, warn or are asked."""

from pulumi_fota.gate.gate import Gate
from pulumi_fota.gate.rule import Rule
from pulumi_fota.gate.verdict import Finding, RuleResult, Verdict
from pulumi_fota.gate.waiver import Waiver

__all__ = ["Finding", "Gate", "Rule", "RuleResult", "Verdict", "Waiver"]
