"""The rules of a gate, each a function that makes one. Public as `pulumi_fota.rules`."""
