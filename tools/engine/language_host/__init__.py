"""A language host for Pulumi programs in Python: what the engine asks of a language, answered over gRPC.

It serves this repository's tests and demo on machines where the official host cannot be had.
"""
