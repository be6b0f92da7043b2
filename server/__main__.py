"""`python -m server`: the HTTP server, one process, until SIGTERM."""

from __future__ import annotations

import sys

import uvicorn

from models.errors import ScrivanoError
from models.settings import Settings, load
from server.app import create_app
from server.logs import set_up_logs

STOP_SECONDS = 3
"""For requests under way when the server is told to stop; its supervisor waits four."""


def main() -> int:
    try:
        settings = load()
    except ScrivanoError as error:
        print(f"The server cannot start: {error.detail}", file=sys.stderr)
        return 1
    set_up_logs(settings.log_level)
    serve(settings)
    return 0


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    # Long polls end at once instead of holding up the stop.
    app.state.stopping = lambda: server.should_exit
    server.run()


if __name__ == "__main__":
    sys.exit(main())
