"""The functions that make the rules of a gate, public as `pulumi_fota.rules`, and the table of them."""
