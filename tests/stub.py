"""A stand-in for an OpenAI-compatible endpoint, on a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Stub:
    """`say` makes the message's text from the request; `status`, `raw` and `drip` cause faults."""

    url: str = ""
    say: Callable[[Body], str] = lambda _: "{}"
    status: int = 200
    raw: bytes | None = None
    drip: float = 0.0
    asked: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def answer(self, body: Body) -> bytes:
        if self.raw is not None:
            return self.raw
        return json.dumps(
            {
                "choices": [{"message": {"role": "assistant", "content": self.say(body)}}],
                "usage": {"prompt_tokens": 321, "completion_tokens": 21},
            }
        ).encode()

    def text(self, number: int = -1) -> str:
        """What a request says, system and user together."""
        return json.dumps(self.asked[number]["messages"], ensure_ascii=False)


@contextmanager
def run_stub(**options: Any) -> Iterator[Stub]:
    stub = Stub(**options)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.asked.append(body)
            stub.headers.append(dict(self.headers))
            stub.paths.append(self.path)
            data = stub.answer(body)
            self.send_response(stub.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            step = 1 if stub.drip else len(data)
            for start in range(0, len(data), max(1, step)):
                if stub.drip and over.wait(stub.drip):
                    return
                try:
                    self.wfile.write(data[start : start + step])
                    self.wfile.flush()
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
