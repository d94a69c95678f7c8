"""Policy packs: a process that can start only when the engine has said which stack it will judge.

A pack reads project, stack and config from its environment. The engine tells them in a call,
`ConfigureStack`, to a pack that already runs. So the host answers first in the pack's place, starts
the pack when that call arrives, and passes every later call on, byte for byte.
"""

from __future__ import annotations

import json
import queue
import threading
from concurrent import futures
from typing import TYPE_CHECKING

import grpc
from pulumi.runtime.proto import analyzer_pb2

from language_host.child import Child
from language_host.errors import HostError, told_to_the_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from language_host.child import Source

    Answer = Callable[[bytes, grpc.ServicerContext], bytes]

_SERVICE = "/pulumirpc.Analyzer/"
_NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_WORKERS = 16


class PolicyPack(grpc.GenericRpcHandler):
    """One policy pack, from the moment that the engine asks for it until it is ended. Used as a `Child` is."""

    def __init__(self, command: list[str], *, cwd: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._cwd = cwd
        self._environment = dict(environment)
        self._output: queue.SimpleQueue[tuple[Source, bytes] | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._pack: Child | None = None
        self._channel: grpc.Channel | None = None
        self._server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=_NO_LIMIT)
        self._server.add_generic_rpc_handlers([self])

    def lines(self) -> Iterator[tuple[Source, bytes]]:
        """The port that the engine shall call, then each line that the pack prints, until it ends."""
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        yield "stdout", f"{port}\n".encode()
        while said := self._output.get():
            yield said

    def wait(self) -> int:
        """The exit code of the pack; 0 where it was never started."""
        return self._pack.wait() if self._pack else 0

    def end(self) -> None:
        """Ends the pack, and the answering in its place."""
        if self._channel:
            self._channel.close()
        if self._pack:
            self._pack.end()
        self._server.stop(None)
        self._output.put(None)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        """Finds who answers a call: the host the first ones, the pack all others."""
        method = handler_call_details.method
        if not method.startswith(_SERVICE):
            return None
        own = {"Handshake": self._handshake, "ConfigureStack": self._configure_stack}
        return grpc.unary_unary_rpc_method_handler(own.get(method.removeprefix(_SERVICE)) or self._passed_on(method))

    def _handshake(self, _request: bytes, _context: grpc.ServicerContext) -> bytes:
        return analyzer_pb2.AnalyzerHandshakeResponse().SerializeToString()

    def _configure_stack(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        stack = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request)
        with told_to_the_engine(context):
            self._started(_environment_of(stack))
        return analyzer_pb2.AnalyzerStackConfigureResponse().SerializeToString()

    def _passed_on(self, method: str) -> Answer:
        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            with told_to_the_engine(context):
                # Without a stack (while a pack is published, say) the first call of all starts the pack.
                ask: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._started({}).unary_unary(method)
            try:
                return ask(request)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details() or "")

        return answer

    def _started(self, stack: Mapping[str, str]) -> grpc.Channel:
        """The channel to the pack, which is started unless it runs: it prints its port first."""
        with self._starting:
            if self._channel:
                return self._channel
            self._pack = Child(self._command, cwd=self._cwd, environment={**self._environment, **stack})
            port: futures.Future[int] = futures.Future()
            threading.Thread(target=self._follow, args=(self._pack, port), daemon=True).start()
            self._channel = grpc.insecure_channel(f"127.0.0.1:{port.result()}", options=_NO_LIMIT)
            return self._channel

    def _follow(self, pack: Child, port: futures.Future[int]) -> None:
        for source, line in pack.lines():
            if not port.done() and source == "stdout" and line.strip().isdigit():
                port.set_result(int(line))
            else:
                self._output.put((source, line))
        if not port.done():
            words = f"policy pack {self._cwd} did not start: exit code {pack.wait()}"
            # Told as output too, since the engine may stop this host before whoever waits for the port has answered.
            self._output.put(("stderr", f"{words}\n".encode()))
            port.set_exception(HostError(words))
        self._output.put(None)


def _environment_of(stack: analyzer_pb2.AnalyzerStackConfigureRequest) -> dict[str, str]:
    return {
        "PULUMI_PROJECT": stack.project,
        "PULUMI_STACK": stack.stack,
        "PULUMI_ORGANIZATION": stack.organization,
        "PULUMI_DRY_RUN": "true" if stack.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(stack.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(stack.config_secret_keys)),
    }
