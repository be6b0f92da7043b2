"""The object store's client against a real SeaweedFS."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import time
from types import SimpleNamespace

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from models import storage as module
from models.errors import NotFound, Unavailable
from models.settings import Settings
from models.storage import (
    Storage,
    connect,
    original_key,
    page_image_key,
    page_words_key,
    release_key,
)
from workers.parts.ports import is_free, read_ports

HEX = "ab" * 32


def key(name: str) -> str:
    return f"c/storage-test/{name}"


@pytest.mark.parametrize("size", [0, 1, 300_000, 20 * 2**20])
def test_bytes_come_back(storage: Storage, size: int) -> None:
    data = os.urandom(size)
    kept = storage.put_bytes(key(f"size-{size}"), data)
    assert (kept.size, kept.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert storage.get_bytes(kept.key) == data


def test_a_stream_is_sent_from_where_it_stands(storage: Storage) -> None:
    stream = io.BytesIO(b"header and body")
    stream.seek(11)
    sha256 = hashlib.sha256(b"body").hexdigest()
    storage.put_stream(key("part"), stream, 4, sha256, "text/plain")
    assert storage.get_bytes(key("part")) == b"body"


def test_bytes_that_do_not_match_their_hash_are_not_kept(storage: Storage) -> None:
    wrong = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(Unavailable, match="BadDigest"):
        storage.put_stream(key("wrong"), io.BytesIO(b"bytes"), 5, wrong)
    assert not storage.exists(key("wrong"))


@pytest.mark.parametrize("size", [4, 6])
def test_a_stream_of_another_length_is_refused_at_once(storage: Storage, size: int) -> None:
    with pytest.raises(ValueError, match="holds 5 bytes"):
        storage.put_stream(key("short"), io.BytesIO(b"bytes"), size, HEX)


@pytest.mark.parametrize(
    "found",
    [
        SimpleNamespace(size=4, metadata={}),
        SimpleNamespace(size=5, metadata={"x-amz-checksum-sha256": "b3RoZXI="}),
    ],
)
def test_an_object_that_the_store_kept_otherwise_is_told(
    parts: Settings, monkeypatch: pytest.MonkeyPatch, found: SimpleNamespace
) -> None:
    own = connect(parts)
    monkeypatch.setattr(own._client, "stat_object", lambda *_, **__: found)
    with pytest.raises(Unavailable, match="kept other bytes"):
        own.put_bytes(key("otherwise"), b"bytes")


def test_writing_the_same_again_is_harmless(storage: Storage) -> None:
    assert storage.put_bytes(key("twice"), b"x") == storage.put_bytes(key("twice"), b"x")


def test_a_stream_can_be_left_before_its_end(storage: Storage) -> None:
    data = os.urandom(3 * module.CHUNK)
    storage.put_bytes(key("long"), data)
    chunks = storage.open_stream(key("long"))
    assert data.startswith(next(iter(chunks)))
    del chunks
    assert storage.get_bytes(key("long")) == data


def test_a_missing_key_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound, match="nothing-here"):
        storage.open_stream(key("nothing-here"))
    with pytest.raises(NotFound):
        storage.size(key("nothing-here"))
    assert not storage.exists(key("nothing-here"))


def test_a_removed_object_is_gone(storage: Storage) -> None:
    storage.put_bytes(key("removed"), b"x")
    storage.remove(key("removed"))
    storage.remove(key("removed"))
    assert not storage.exists(key("removed"))


def test_the_store_is_ready(storage: Storage) -> None:
    storage.check()


def test_a_store_that_is_down_is_told_quickly() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(Unavailable, match="does not answer"):
            Storage(f"127.0.0.1:{port}", "key", "secret", "scans").check()
    assert time.monotonic() - began < 3


def test_a_store_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unavailable, match="does not answer"):
            Storage(f"127.0.0.1:{port}", "key", "secret", "scans").get_bytes("c/x")


def test_waiting_for_a_store_ends() -> None:
    with pytest.raises(Unavailable):
        Storage("127.0.0.1:9", "key", "secret", "scans").wait(0.5)


def test_wrong_credentials_are_not_taken_for_a_missing_key(parts: Settings) -> None:
    stranger = Storage(parts.s3_endpoint, "stranger", "x" * 32, parts.s3_bucket)
    with pytest.raises(Unavailable, match="AccessDenied"):
        stranger.exists(key("x"))


def test_the_application_may_use_its_bucket_only(parts: Settings) -> None:
    keys = (parts.s3_access_key.get_secret_value(), parts.s3_secret_key.get_secret_value())
    with pytest.raises(Unavailable, match="AccessDenied"):
        Storage(parts.s3_endpoint, *keys, "elsewhere").ensure_bucket()


def test_nobody_writes_without_credentials(parts: Settings) -> None:
    url = f"http://{parts.s3_endpoint}/{parts.s3_bucket}/anonymous"
    with urllib3.PoolManager() as pool:
        assert pool.request("PUT", url, body=b"x").status == 403


def test_the_filer_behind_the_store_takes_no_unsigned_writes(parts: Settings) -> None:
    filer = read_ports(parts).filer
    assert not is_free(filer)
    with urllib3.PoolManager() as pool:
        url = f"http://127.0.0.1:{filer}/buckets/{parts.s3_bucket}/unsigned"
        assert pool.request("PUT", url, body=b"x").status == 401


def test_keys_say_whose_an_object_is() -> None:
    assert original_key("acme", HEX) == f"c/acme/sha256/{HEX}"
    assert page_image_key("acme", "d1", 3) == "c/acme/documents/d1/page-00003.jpg"
    assert page_words_key("acme", "d1", 3) == "c/acme/documents/d1/page-00003.json"
    assert release_key("acme", "b1", 2, "data.csv") == "c/acme/releases/b1/v2/data.csv"


@pytest.mark.parametrize("sha256", ["", "AB" * 32, "ab" * 31, "../" + "a" * 61])
def test_only_a_hash_names_an_original(sha256: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        original_key("acme", sha256)


@given(st.text())
def test_no_name_leaves_its_folder(name: str) -> None:
    try:
        made = release_key("acme", "b1", 1, name)
    except ValueError:
        return
    assert made.rpartition("/")[0] == "c/acme/releases/b1/v1"
    assert made.rpartition("/")[2] not in {"", ".", ".."}
