"""The application: routers, parts and what surrounds them."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from models import storage
from models.db import Database
from models.errors import ScrivanoError
from models.settings import Settings
from server import (
    batches,
    changes,
    clients,
    documents,
    drafts,
    forms,
    health,
    memory,
    people,
    references,
    releases,
    sessions,
    sheets,
    sorting,
    tasks,
    types,
    uploads,
)
from server.health import Readiness, ask_parts
from server.interface import DIST, Assets, send_page, send_root_file, wants_page
from server.middleware import RequestMiddleware
from server.openapi import DESCRIPTION, TITLE, describe_api, list_operations
from server.problems import answer_error, on_error
from server.spool import prepare_spool
from server.throttle import Throttle

LOG = logging.getLogger("scrivano.server")
VERSION = "0.1.0"
PATIENCE = 30.0
"""Seconds to wait at the start for the database and the object store."""
ROUTERS = (
    sessions,
    types,
    drafts,
    references,
    forms,
    memory,
    clients,
    people,
    batches,
    uploads,
    documents,
    sheets,
    sorting,
    tasks,
    releases,
    changes,
    health,
)


def create_app(settings: Settings, *, dist: Path = DIST) -> FastAPI:
    """The server for these settings. Nothing is sent or read before it starts."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=run_parts,
        exception_handlers={
            ScrivanoError: on_error,
            RequestValidationError: on_error,
            SQLAlchemyError: on_error,
            HTTPException: partial(on_http_error, dist),
        },
    )
    app.state.settings = settings
    app.state.db = Database(settings.database_url.get_secret_value())
    app.state.storage = storage.connect(settings)
    app.state.throttle = Throttle()
    app.state.readiness = Readiness()
    app.state.stopping = lambda: False
    app.add_middleware(RequestMiddleware, https=settings.public_url.startswith("https://"))
    for module in ROUTERS:
        app.include_router(module.router)
    app.openapi = partial(describe_api, app, list_routes())  # type: ignore[method-assign]
    app.mount("/assets", Assets(directory=dist / "assets", check_dir=False))

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def get_interface() -> Response:
        return send_page(dist)

    @app.get("/docs", include_in_schema=False)
    async def get_docs() -> HTMLResponse:
        return HTMLResponse(list_operations(app.openapi()))

    return app


def list_routes() -> list[APIRoute]:
    """Every operation of the API."""
    return [r for module in ROUTERS for r in module.router.routes if isinstance(r, APIRoute)]


@asynccontextmanager
async def run_parts(app: FastAPI) -> AsyncIterator[None]:
    """Wait for the parts before the first request, let go of them after the last."""
    prepare_spool(app.state.settings)
    await _wait(app)
    yield
    app.state.db.close()


async def _wait(app: FastAPI) -> None:
    """Return when the parts answer, or when waiting is no use any more: requests then get 503
    until they do, which is better than no answer at all."""
    end = time.monotonic() + PATIENCE
    while True:
        parts = await run_in_threadpool(ask_parts, app.state.db, app.state.storage)
        if "down" not in parts.values():
            return
        if time.monotonic() > end:
            LOG.error("starting without parts", extra={"data": parts})
            return
        await anyio.sleep(0.5)


async def on_http_error(dist: Path, request: Request, error: Exception) -> Response:
    """Errors of the framework; an unknown address may be a screen of the interface."""
    if isinstance(error, HTTPException) and error.status_code == 404:
        if request.method in ("GET", "HEAD"):
            file = await run_in_threadpool(send_root_file, dist, request.url.path)
            if file is not None:
                return file
        if wants_page(request):
            return send_page(dist)
    return answer_error(request, error)
