"""What importing the package does not do."""

import subprocess
import sys

PROGRAM = """
import sys, threading
import pulumi
opened = []
sys.addaudithook(lambda event, args: opened.append((event, args)) if event.startswith("socket.") or (
    event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")) else None)
sys.dont_write_bytecode = True
import pulumi_fota
assert not opened, opened
assert threading.active_count() == 1, threading.enumerate()
assert "requests" not in sys.modules
assert sorted(pulumi_fota.__all__) == pulumi_fota.__all__
assert all(hasattr(pulumi_fota, name) for name in pulumi_fota.__all__)
"""


def test_the_import_opens_no_socket_writes_no_file_and_starts_no_thread():
    """
    A program that only imports the package has done nothing yet, and has not paid for HTTP.
    """
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
