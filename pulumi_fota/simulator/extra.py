"""Tells which extra is missing, before a module that needs it is imported."""

from importlib.util import find_spec

if find_spec("werkzeug") is None:
    raise ModuleNotFoundError(
        "the simulator needs werkzeug: install the package with its extra `simulator`, or `testing` for its fixture",
        name="pulumi_fota.simulator",  # What cannot be imported: so `python -m` says it in one line.
    )
