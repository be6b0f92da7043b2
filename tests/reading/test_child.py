"""The limits of the parsing process, and what its end means."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from extractors import render as rendering
from extractors.limits import Limits
from extractors.render import inspect, render
from models.errors import DamagedFile, FileTooComplex
from tests.reading import samples


def confined(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process that has confined itself."""
    lines = [
        "import sys",
        "from extractors.child import confine",
        "from extractors.limits import Limits",
        "confine(Limits(cpu_seconds=1))",
        code,
    ]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines), *arguments], capture_output=True, text=True
    )


def test_memory_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(samples.encode(Image.new("1", (20_000, 20_000)), "PNG"))
    limits = Limits(max_pixels=1_000_000_000, memory_bytes=300 << 20)
    with pytest.raises(FileTooComplex, match="plain PDF"):
        list(render(path, "image/png", 1, 1, limits))


def test_processor_time_is_limited(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 250, "x")
        canvas._code.append("0 0 m 400 300 l S\n" * 500_000)

    path = tmp_path / "slow.pdf"
    path.write_bytes(samples.pdf(draw))
    with pytest.raises(FileTooComplex):
        list(render(path, "application/pdf", 1, 1, Limits(cpu_seconds=0)))


def test_a_silent_child_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(samples.text_pdf())
    with pytest.raises(FileTooComplex):
        inspect(path, Limits(wall_seconds=0.001))


def test_a_confined_process_cannot_write_files(tmp_path: Path) -> None:
    target = tmp_path / "out"
    done = confined("open(sys.argv[1], 'wb', 0).write(b'x' * 10)", str(target))
    assert "File too large" in done.stderr
    assert not target.exists() or target.stat().st_size == 0


def test_a_confined_process_opens_few_files() -> None:
    done = confined("files = [open('/dev/null') for _ in range(40)]")
    assert "Too many open files" in done.stderr


def test_a_confined_process_has_no_network() -> None:
    probe = subprocess.run(["unshare", "-Urn", "true"], capture_output=True)
    if probe.returncode != 0:
        pytest.skip("this system does not allow network namespaces")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = confined(
            "import socket; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)", port
        )
    assert "OSError" in done.stderr


def test_the_environment_is_not_handed_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}
    start = subprocess.Popen

    def spy(*arguments: Any, **options: Any) -> Any:
        seen.update(options["env"])
        return start(*arguments, **options)

    monkeypatch.setenv("SCRIVANO_SECRET", "x")
    monkeypatch.setattr(subprocess, "Popen", spy)
    path = tmp_path / "a.pdf"
    path.write_bytes(samples.text_pdf())
    inspect(path)
    assert seen
    assert "SCRIVANO_SECRET" not in seen


def test_closing_the_iterator_ends_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def spy(*arguments: Any, **options: Any) -> Any:
        children.append(start(*arguments, **options))
        return children[-1]

    monkeypatch.setattr(subprocess, "Popen", spy)
    path = tmp_path / "a.pdf"
    path.write_bytes(samples.pages_pdf(20))
    pages = render(path, "application/pdf", 1, 20)
    next(pages)
    pages.close()  # type: ignore[attr-defined]
    assert [child.poll() is not None for child in children] == [True]


@pytest.mark.parametrize(
    "name",
    [
        "-rf.pdf",
        "a\nb.pdf",
        "; touch x.pdf",
        "\u202efdp.exe",
        "$(id).pdf",
        "'\".pdf",
        "..pdf",
        "%s",
    ],
)
def test_file_names_mean_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(samples.text_pdf())
    assert inspect(path).pages == 1


def frame(header: bytes, body: bytes = b"", body_size: int | None = None) -> bytes:
    size = len(body) if body_size is None else body_size
    return struct.pack(">II", len(header), size) + header + body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x00",
        frame(b"{}", body_size=4_000_000_000),
        struct.pack(">II", 4_000_000_000, 0),
        frame(b"not json"),
        frame(b'{"kind": "page", "number": 1, "width": 9, "height": 9, "channels": 3}', b"123"),
        frame(b'{"kind": "page"}', b"123"),
        frame(b'{"kind": "error", "code": "internal", "detail": "?"}'),
        frame(b'{"kind": "page", "number": 1, "width": 1, "height": 1, "channels": 1, "dpi": 1,'
              b'"turn": 1, "lines": [[["x", 0, 0]]]}', b"1"),
    ],
)  # fmt: skip
def test_a_child_that_lies_is_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    said = tmp_path / "answer"
    said.write_bytes(answer)
    start = subprocess.Popen

    def impostor(_: Any, **options: Any) -> Any:
        return start(["cat", str(said)], **options)

    path = tmp_path / "a.pdf"
    path.write_bytes(samples.text_pdf())
    monkeypatch.setattr(subprocess, "Popen", impostor)
    with pytest.raises(DamagedFile):
        list(render(path, "application/pdf", 1, 1))


def test_two_threads_may_render_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(samples.pages_pdf(3))
    counts: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: counts.append(len(list(render(path, "application/pdf", 1, 3))))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [3, 3, 3]


def test_every_code_has_a_class() -> None:
    assert {"file_damaged", "file_truncated", "file_encrypted"} <= set(rendering.PROBLEMS)


def test_flate_bomb_in_a_pdf_is_ended(tmp_path: Path) -> None:
    """A page whose content unpacks to more than the memory limit."""
    content = zlib.compress(zlib.compress(b"0 " * (200 << 20), 9), 9)
    out = io.BytesIO()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
        b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream"
        % (len(content), content),
    ]
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + rows)
    out.write(b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start)
    path = tmp_path / "bomb.pdf"
    path.write_bytes(out.getvalue())
    limits = Limits(memory_bytes=300 << 20, cpu_seconds=3)
    with pytest.raises(FileTooComplex):
        list(render(path, "application/pdf", 1, 1, limits))
