"""The simulator as a WSGI application, for a server or a test client of one's own."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request as WsgiRequest

from pulumi_fota.simulator.exchange import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from pulumi_fota.simulator.exchange import Answer


def wsgi_app(answer: Callable[[Request], Answer]) -> WSGIApplication:
    """Wrap the function that answers requests as a WSGI application."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        arrived = WsgiRequest(environ)
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")  # Still percent-encoded, where the server has it.
        request = Request(
            method=arrived.method,
            path=urlsplit(raw).path if raw else quote(arrived.path),
            query=arrived.args.to_dict(),
            headers=Headers(arrived.headers),
            body=arrived.get_data(),
        )
        answered = answer(request)
        start_response(f"{answered.status} {HTTPStatus(answered.status).phrase}", list(answered.headers))
        return [answered.body]

    return app
