"""The gRPC service that the engine calls, and the process that serves it."""

# ruff: noqa: N802, ARG002 - names and arguments of the methods are the protocol's.

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import threading
from concurrent import futures
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from language_host import packages, program
from language_host.child import Child
from language_host.errors import told_to_the_engine
from language_host.policy_pack import PolicyPack
from language_host.toolchain import Toolchain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CANCEL_GRACE = 2.0
"""Seconds in which a cancelled program may end by itself: interrupted at once, a hook in flight prints a traceback.
Twice as long must stay below the five seconds that a closing engine waits for the answer.
"""
_NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_WORKERS = 64
"""Each program, plugin and policy pack occupies one for as long as it runs."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """What the engine may ask of Python."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._programs: set[Child] = set()
        self._running: set[Child | PolicyPack] = set()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Learns the engine's address; called by an engine that did not start this host itself."""
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Says which SDK this host speaks with."""
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Names the plugins of the installed packages; makes the virtual environment if there is none."""
        with told_to_the_engine(context):
            toolchain = _toolchain(request.info)
            toolchain.prepare()
            required = packages.required_plugins(packages.installed(toolchain))
            return language_pb2.GetRequiredPackagesResponse(packages=required)

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """Lists the installed packages."""
        with told_to_the_engine(context):
            installed = packages.installed(_toolchain(request.info))
            listed = packages.dependencies(installed, transitive=request.transitiveDependencies)
            return language_pb2.GetProgramDependenciesResponse(dependencies=listed)

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        """Says which Python runs the program."""
        with told_to_the_engine(context):
            toolchain = _toolchain(request.info)
            return language_pb2.AboutResponse(
                executable=toolchain.python,
                version=packages.python_version(toolchain),
                metadata={"toolchain": toolchain.name},
            )

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Makes the virtual environment and installs what the program requires."""
        with told_to_the_engine(context):
            toolchain = _toolchain(request.info)
            for step in toolchain.steps():
                yield language_pb2.InstallDependenciesResponse(stdout=f"{step.doing}...\n".encode())
                child = Child(step.command, cwd=toolchain.program, environment=toolchain.activated(os.environ))
                with self._until_ended(child, context):
                    for source, line in child.lines():
                        if source == "stdout":
                            yield language_pb2.InstallDependenciesResponse(stdout=line)
                        else:
                            yield language_pb2.InstallDependenciesResponse(stderr=line)
                    if code := child.wait():
                        raise step.failed(code)

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Runs a program to its end."""
        with told_to_the_engine(context):
            toolchain = _toolchain(request.info)
            toolchain.prepare()
            child = Child(
                program.command(request, engine=self._engine, toolchain=toolchain),
                cwd=request.pwd or toolchain.program,
                environment=program.environment(request, toolchain=toolchain),
                inherit_output=True,
            )
            with self._until_ended(child, context):
                self._programs.add(child)
                code = child.wait()
                self._programs.discard(child)
        if code == program.MESSAGE_SHOWN:
            return language_pb2.RunResponse(bail=True)
        if code:
            return language_pb2.RunResponse(error=f"program exited with non-zero exit code: {code}")
        return language_pb2.RunResponse()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Has running programs end. Until this returns, the engine does not interrupt them itself."""
        stopping = [
            threading.Thread(target=child.stop, args=(_CANCEL_GRACE,), daemon=True) for child in list(self._programs)
        ]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
        return empty_pb2.Empty()

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack, or a provider written in Python, and passes its output on until it ends."""
        with told_to_the_engine(context):
            toolchain = _toolchain(request.info)
            toolchain.prepare()
            child = _plugin(request, toolchain)
            with self._until_ended(child, context):
                for source, line in child.lines():
                    if source == "stdout":
                        yield language_pb2.RunPluginResponse(stdout=line)
                    else:
                        yield language_pb2.RunPluginResponse(stderr=line)
                yield language_pb2.RunPluginResponse(exitcode=child.wait())

    @contextlib.contextmanager
    def _until_ended(self, child: Child | PolicyPack, context: grpc.ServicerContext) -> Iterator[None]:
        """Ends the child when its call ends, also where the engine has hung up."""
        self._running.add(child)
        context.add_callback(child.end)
        try:
            yield
        finally:
            self._running.discard(child)
            child.end()

    def end(self) -> None:
        """Ends all that still runs."""
        for child in list(self._running):
            child.end()


def _toolchain(info: language_pb2.ProgramInfo) -> Toolchain:
    return Toolchain.chosen(
        json_format.MessageToDict(info.options),
        root=Path(info.root_directory),
        program=Path(info.program_directory),
    )


def _plugin(request: language_pb2.RunPluginRequest, toolchain: Toolchain) -> Child | PolicyPack:
    folder = Path(request.info.program_directory)
    environment = toolchain.activated(dict(entry.split("=", 1) for entry in request.env))
    python = [toolchain.python, "-u"]
    if request.kind == "analyzer":
        command = [*python, "-m", "pulumi.policy", *request.args, str(folder)]
        return PolicyPack(command, cwd=folder, environment=environment)
    command = [*python, str(folder / request.info.entry_point), *request.args]
    return Child(command, cwd=request.pwd or folder, environment=environment)


def serve(arguments: Sequence[str]) -> None:
    """Serves the engine until it goes away. The last argument is its address; the first line printed is our port."""
    engine = next((word for word in reversed(arguments) if not word.startswith("-")), "")
    host = LanguageHost(engine)
    server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=_NO_LIMIT)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # A pipe, which Python itself writes to: a handler may be run late, or inside another one's lock.
    stopped, stop = os.pipe()
    os.set_blocking(stop, False)
    signal.set_wakeup_fd(stop)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: None)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_wait_for_engine, args=(stop,), daemon=True).start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    os.read(stopped, 1)
    host.end()
    server.stop(None).wait()


def _wait_for_engine(gone: int) -> None:
    """An engine holds the other end of our stdin for as long as it lives, and lets go even if it is killed."""
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    os.write(gone, b"\0")
