"""Answers who looks after the service: does it live, is it ready, what does it do. For loopback only."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from crewhall.watching.metrics import CONTENT_TYPE


def build(name: str, why_not: Callable[[], str], text: Callable[[], Awaitable[bytes]]) -> web.Application:
    """Return the application.

    `name` is whose service it is; `why_not` why it is not ready in one line, "" if it is; `text` the metrics.
    """

    async def live(_request: web.Request) -> web.Response:
        return web.Response(text=f"{name} lives\n")

    async def ready(_request: web.Request) -> web.Response:
        why = why_not()
        return web.Response(status=503 if why else 200, text=f"{why or 'ready'}\n")

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await text(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    for path, handler in (("/live", live), ("/ready", ready), ("/metrics", metrics)):
        app.router.add_get(path, handler)
    return app
