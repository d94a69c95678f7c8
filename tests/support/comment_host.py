"""The comments of a pull request on GitHub, and of a merge request on GitLab, as their APIs give and take them."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

TOKEN = "canary-host-token"
ME = {"user": {"login": "github-actions[bot]"}, "author": {"id": 7}}
SOMEBODY = {"user": {"login": "mallory"}, "author": {"id": 666}}
_LISTS = {"/repos/acme/fleet/issues/12/comments", "/projects/5/merge_requests/12/notes"}
_ONE = re.compile(r"/repos/acme/fleet/issues/comments/(\d+)|/projects/5/merge_requests/12/notes/(\d+)")


class CommentHost:
    """Holds comments, and serves them at `url` to whoever has the token."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def add(self, body: str, by: dict[str, Any]) -> dict[str, Any]:
        """Add a comment by somebody."""
        comment = {"id": 1000 + len(self.comments), "body": body, **by}
        self.comments.append(comment)
        return comment

    def bodies(self, by: dict[str, Any]) -> list[str]:
        """Return the comments of an author, in order."""
        return [comment["body"] for comment in self.comments if comment["user"] == by["user"]]

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """Answer a request of the owner of the token; one may write, and alter what one wrote."""
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        if (method, path) == ("GET", "/user"):
            return 200, {"id": ME["author"]["id"]}
        if path in _LISTS and method == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        if path in _LISTS and method == "POST":
            return 201, self.add(body["body"], ME)
        if (one := _ONE.fullmatch(path)) and method == ("PATCH" if one[1] else "PUT"):
            (comment,) = [each for each in self.comments if each["id"] == int(one[1] or one[2])]
            if comment["user"] != ME["user"]:
                return 403, {}
            comment["body"] = body["body"]
            return 200, comment
        return 404, {}

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(host: CommentHost) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, found = 401, {}
            if TOKEN in (
                self.headers.get("PRIVATE-TOKEN"),
                self.headers.get("Authorization", "").removeprefix("Bearer "),
            ):
                status, found = host.answer(self.command, self.path, json.loads(sent) if sent else None)
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_PUT = answer  # noqa: N815 (the names that http.server calls)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    return Handler
