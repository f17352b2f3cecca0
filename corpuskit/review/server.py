"""The local web page of the review: on the loopback interface only, behind a token in its address.

Starlette and uvicorn do the HTTP: the standard library's server says of itself that it makes only basic checks. Every
answer is small and made from what is in memory or one read of a file, so that no window waits for another.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Thread
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from corpuskit.labelled import ROLES
from corpuskit.overrides import Decision
from corpuskit.report.glance import Manual
from corpuskit.review import screens
from corpuskit.review.queue import Item, Queue
from corpuskit.review.store import Store

HOST = "127.0.0.1"
_BODY = 10_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # with no-referrer a form would send the origin null
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Site:
    """What the review answers with."""

    def __init__(self, queue: Queue, store: Store, manual: Manual) -> None:
        self.queue = queue
        self.store = store
        self.manual = manual

    def overview(self, request: Request) -> Response:
        """List what is asked."""
        if not self.queue.ready:
            return _html(screens.waiting(self.queue))
        return _html(screens.overview(self.queue, self.store.decisions(), str(self.store.path)))

    def question(self, request: Request) -> Response:
        """Ask about one decision."""
        if not self.queue.ready:
            return _html(screens.waiting(self.queue))
        number = request.path_params["number"]
        if not 1 <= number <= len(self.queue.items):
            return PlainTextResponse("there is no such decision: go back to the list\n", 404)
        item = self.queue.items[number - 1]
        threshold = self.queue.thresholds.get(item.rule.partition(".")[0])
        return _html(screens.question(self.queue, number, self.store.decisions(), self.manual, threshold))

    async def decide(self, request: Request) -> Response:
        """Take a decision, and lead on to the next that is open."""
        number = request.path_params["number"]
        if not self.queue.ready or not 1 <= number <= len(self.queue.items):
            return PlainTextResponse("there is no such decision: go back to the list\n", 404)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _BODY:
                return PlainTextResponse("too long\n", 413)
        said = parse_qs(body.decode("utf-8", "replace"))
        decision = _decision(self.queue.items[number - 1], *(said.get(name, [""])[0] for name in ("decision", "role")))
        if decision is None:
            return PlainTextResponse("accept, reject, relabel with a role, or undo\n", 400)
        await run_in_threadpool(self.store.add, decision)
        onward = number if decision.decision == "undo" else await run_in_threadpool(self._next, number)
        return RedirectResponse(f"item-{onward}" if onward else "./", 303)

    def _next(self, number: int) -> int | None:
        decided, size = self.store.decisions(), len(self.queue.items)
        order = [*range(number + 1, size + 1), *range(1, number)]
        return next((at for at in order if self.queue.items[at - 1].identity not in decided), None)


def _decision(item: Item, what: str, role: str) -> Decision | None:
    if what not in ("accept", "reject", "relabel", "undo") or (what == "relabel" and role not in ROLES):
        return None
    said = {"decision": what, "role": role if what == "relabel" else None, "source": item.key.name}
    known = {name: getattr(item, name) for name in ("sha256", "kind", "rule", "spans", "record")}
    return msgspec.convert(said | known, Decision)


def _html(data: bytes) -> Response:
    return Response(data, media_type="text/html")


class Guard(BaseHTTPMiddleware):
    """Refuses other hosts, other origins and other tokens, and adds the headers that keep the page to itself."""

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        super().__init__(app)
        self.hosts = {f"{name}:{port}" for name in (HOST, "localhost")}
        self.origins = {f"http://{host}" for host in self.hosts}
        self.token = token

    async def dispatch(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Answer a request, or refuse it."""
        refused = self._refused(request)
        response = PlainTextResponse(f"{refused}\n", 403) if refused else await call_next(request)
        response.headers.update(_HEADERS)
        return response

    def _refused(self, request: Request) -> str | None:
        headers = request.headers
        if headers.get("host") not in self.hosts:
            return "this address is not the review's: use the one it printed"
        given = request.url.path.split("/")[1].encode()
        if not secrets.compare_digest(given, self.token.encode()):
            return "the token is missing or wrong: use the address that the review printed"
        origin = headers.get("origin")
        needed = request.method not in ("GET", "HEAD")
        if (origin is not None or needed) and origin not in self.origins:
            return "the request comes from another page"
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and needed:
            return "the request comes from another page"
        return None


def application(queue: Queue, store: Store, manual: Manual, port: int, token: str) -> Starlette:
    """Return the review as an ASGI application."""
    site = Site(queue, store, manual)
    routes = [
        Route("/", site.overview),
        Route("/item-{number:int}", site.question),
        Route("/item-{number:int}", site.decide, methods=["POST"]),
        Route("/style.css", lambda request: Response(screens.style(), media_type="text/css")),
        Route("/script.js", lambda request: Response(screens.script(), media_type="text/javascript")),
    ]
    guard = Middleware(Guard, port=port, token=token)
    return Starlette(routes=[Mount(f"/{token}", routes=routes)], middleware=[guard])


def serve(queue: Queue, store: Store, manual: Manual, port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; the run is looked through meanwhile.

    Raises:
        OSError: the port is taken.
    """
    import socket

    import uvicorn

    token = secrets.token_urlsafe(24)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, port))
    listening.listen()
    port = listening.getsockname()[1]
    filler = Thread(target=_fill, args=(queue,), daemon=True)
    filler.start()
    config = uvicorn.Config(
        application(queue, store, manual, port, token), log_level="warning", access_log=False, server_header=False
    )
    say(f"http://{HOST}:{port}/{token}/")
    uvicorn.Server(config).run(sockets=[listening])


def _fill(queue: Queue) -> None:
    # the page tells of the error
    with suppress(Exception):
        queue.fill()
