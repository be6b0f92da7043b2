"""The web interface: files that the build has left in `ui/dist`."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent / "ui" / "dist"
NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Scrivano</title>
<h1>The web interface is not built</h1>
<p>Run <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in
<code>server/ui</code>. The API works without it: see <a href="/docs">/docs</a>.</p></html>
"""


class Assets(StaticFiles):
    """Built files: their names change with their content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a screen at an address that is none of the API's."""
    path = request.url.path
    return (
        request.method in ("GET", "HEAD")
        and not path.startswith(("/v1/", "/assets/"))
        and "text/html" in request.headers.get("accept", "")
    )


def send_page(dist: Path) -> Response:
    """The one page of the interface; which screen it shows depends on the address."""
    index = dist / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


def send_root_file(dist: Path, path: str) -> Response | None:
    """A file beside the page, such as an icon; None when there is none of this name."""
    name = path.removeprefix("/")
    # Compared with what is there: a name from outside never makes a path.
    found = {file.name: file for file in dist.iterdir() if file.is_file()} if dist.is_dir() else {}
    if name in found and not name.startswith("."):
        return FileResponse(found[name], headers={"Cache-Control": "public, max-age=3600"})
    return None
