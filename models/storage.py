"""Objects: originals, page images and releases in an S3 bucket, under keys that say whose they are.

Every PUT carries the SHA-256 of its bytes, which the service checks before it stores them, and is
looked at afterwards: what a function here has returned for is stored whole. Writing the same key
again with the same bytes is harmless, so every retry is.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import SplitResult

import urllib3
from minio import Minio
from minio import time as s3_time
from minio.credentials.credentials import Credentials
from minio.error import MinioException, S3Error
from minio.signer import sign_v4_s3

from models.errors import NotFound, Unavailable
from models.settings import Settings

CHUNK = 256 * 1024
CONNECT_SECONDS = 2.0
READ_SECONDS = 20.0
MISSING = {"NoSuchKey", "NoSuchObject", "NotFound"}
BINARY = "application/octet-stream"
_KEY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PROBE = "probe/ready"


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that is in the bucket; `size` in bytes, `sha256` in hexadecimal."""

    key: str
    size: int
    sha256: str


# -- keys ---------------------------------------------------------------------------------------


def original_key(client_id: str | int, sha256: str) -> str:
    """Key of uploaded bytes; ValueError when `sha256` is not 64 lower-case hexadecimal digits."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
    return _key("c", client_id, "sha256", sha256)


def page_image_key(client_id: str | int, document_id: str | int, number: int) -> str:
    """Key of the upright image (JPEG) of page `number`, counted from 1."""
    return _key("c", client_id, "documents", document_id, f"page-{number:05d}.jpg")


def page_words_key(client_id: str | int, document_id: str | int, number: int) -> str:
    """Key of the words (JSON) of page `number`, counted from 1."""
    return _key("c", client_id, "documents", document_id, f"page-{number:05d}.json")


def form_image_key(client_id: str | int, sha256: str) -> str:
    """Key of the image (JPEG) of a blank form's page; ValueError as `original_key`."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
    return _key("c", client_id, "forms", sha256)


def page_thumbnail_key(client_id: str | int, document_id: str | int, number: int) -> str:
    """Key of a small image (JPEG) of page `number`, made for files that people sort."""
    return _key("c", client_id, "documents", document_id, f"page-{number:05d}.small.jpg")


def einvoice_key(client_id: str | int, document_id: str | int) -> str:
    """Key of what the document's electronic invoice states (JSON), when it is or holds one."""
    return _key("c", client_id, "documents", document_id, "einvoice.json")


def searchable_key(client_id: str | int, document_id: str | int) -> str:
    """Key of a document's searchable PDF."""
    return _key("c", client_id, "documents", document_id, "searchable.pdf")


def release_key(client_id: str | int, batch_id: str | int, version: int, name: str) -> str:
    """Key of one file of version `version` (from 1) of a batch's release."""
    return _key("c", client_id, "releases", batch_id, f"v{version}", name)


def _key(*parts: str | int) -> str:
    """Join `parts`; ValueError when one could leave its folder or needs quoting in an address."""
    texts = [str(part) for part in parts]
    if any(not re.fullmatch(r"[A-Za-z0-9._-]+", text) or set(text) == {"."} for text in texts):
        raise ValueError(f"not usable in an object key: {texts!r}")
    return "/".join(texts)


# -- the bucket ---------------------------------------------------------------------------------


class Storage:
    """One bucket of an S3 service. Thread-safe; make one a process, after any fork.

    Every method raises Unavailable when the service does not answer or refuses, and, where a key
    is read, NotFound when the bucket has no such key.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        *,
        secure: bool = False,
        region: str = "us-east-1",
    ) -> None:
        self.bucket = bucket
        self._endpoint = endpoint
        self._scheme = "https" if secure else "http"
        self._region = region
        self._credentials = Credentials(access_key, secret_key)
        # minio's own pool waits 300 s and tries five times.
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            maxsize=16,
            retries=urllib3.Retry(
                total=2,
                read=1,
                redirect=0,
                backoff_factor=0.1,
                status_forcelist=(500, 502, 503, 504),
                raise_on_status=False,
            ),
        )
        self._client = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=secure,
            region=region,
            http_client=self._pool,
        )

    def put_bytes(self, key: str, data: bytes, media_type: str = BINARY) -> Stored:
        """Store `data` and see that it is there."""
        return self.put_stream(
            key, io.BytesIO(data), len(data), hashlib.sha256(data).hexdigest(), media_type
        )

    def put_stream(
        self, key: str, stream: BinaryIO, size: int, sha256: str, media_type: str = BINARY
    ) -> Stored:
        """Store `size` bytes of a seekable `stream` whose SHA-256 is `sha256` (hexadecimal).

        One PUT in pieces of the stream, so memory stays small whatever the size, and the service
        checks the whole against the hash. Unavailable also when the bytes do not match it;
        ValueError when the stream holds more or less than `size`.
        """
        with self._errors(key):
            self._put(key, stream, size, sha256, media_type)
            found = self._client.stat_object(
                self.bucket, key, extra_headers={"x-amz-checksum-mode": "ENABLED"}
            )
        # A service that does not know checksums leaves the header out.
        kept = (found.metadata or {}).get("x-amz-checksum-sha256", _base64(sha256))
        if found.size != size or kept != _base64(sha256):
            raise Unavailable(f"The object store kept other bytes than it was sent for {key}.")
        return Stored(key, size, sha256)

    def _put(self, key: str, stream: BinaryIO, size: int, sha256: str, media_type: str) -> None:
        # Minio.put_object reads a whole part into memory; with a signed request urllib3 streams.
        if not _KEY.fullmatch(key):
            raise ValueError(f"not usable as an object key: {key!r}")
        _expect_size(stream, size)
        now = s3_time.utcnow()
        url = SplitResult(self._scheme, self._endpoint, f"/{self.bucket}/{key}", "", "")
        headers: dict[str, str | list[str] | tuple[str]] = {
            "Host": self._endpoint,
            "Content-Length": str(size),
            "Content-Type": media_type,
            "x-amz-content-sha256": sha256,
            "x-amz-checksum-sha256": _base64(sha256),
            "x-amz-date": s3_time.to_amz_date(now),
        }
        signed = sign_v4_s3(
            method="PUT",
            url=url,
            region=self._region,
            headers=headers,
            credentials=self._credentials,
            content_sha256=sha256,
            date=now,
        )
        response = self._pool.request(
            "PUT", url.geturl(), body=stream, headers={k: str(v) for k, v in signed.items()}
        )
        if response.status != 200:
            raise Unavailable(
                f"The object store refused to keep {key} ({response.status} "
                f"{_s3_code(response.data)}): see its log, then try again."
            )

    def get_bytes(self, key: str) -> bytes:
        """All bytes of an object."""
        return b"".join(self.open_stream(key))

    def open_stream(self, key: str) -> Iterator[bytes]:
        """The bytes of an object in chunks; NotFound and Unavailable are raised at the call.

        The connection goes back when the iterator ends or is closed.
        """
        with self._errors(key):
            response = self._client.get_object(self.bucket, key)
        return self._chunks(key, response)

    def _chunks(self, key: str, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        try:
            with self._errors(key):
                yield from response.stream(CHUNK)
        finally:
            # Closed before its end, the connection still has bytes under way: it is not reusable.
            response.close()
            response.release_conn()

    def size(self, key: str) -> int:
        """Bytes of an object."""
        with self._errors(key):
            return self._client.stat_object(self.bucket, key).size or 0

    def exists(self, key: str) -> bool:
        """Whether the bucket has `key`."""
        try:
            self.size(key)
        except NotFound:
            return False
        return True

    def remove(self, key: str) -> None:
        """Remove an object; nothing happens when there is none."""
        with self._errors(key):
            self._client.remove_object(self.bucket, key)

    def ensure_bucket(self) -> None:
        """Make the bucket unless it is there; needs an identity that may."""
        with self._errors(""):
            try:
                if not self._client.bucket_exists(self.bucket):
                    self._client.make_bucket(self.bucket)
            except S3Error as error:
                if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise

    def check(self) -> None:
        """Return when a PUT is answered: a listing works seconds before that after a crash."""
        self.put_bytes(_PROBE, b"ready", "text/plain")

    def wait(self, seconds: float) -> None:
        """Return when a PUT is answered; Unavailable, with the last reason, after `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.check()
                return
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except S3Error as error:
            if error.code in MISSING and key:
                raise NotFound(f"There is no object {key}.") from error
            raise Unavailable(
                f"The object store refused a request ({error.code}) for bucket {self.bucket}: "
                "check the s3_ settings and the store's log."
            ) from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(
                f"The object store at {self._endpoint} does not answer "
                f"({type(error).__name__}): see that it runs and that s3_endpoint is right."
            ) from error


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _expect_size(stream: BinaryIO, size: int) -> None:
    """A body shorter than its Content-Length would keep the service waiting until the time-out."""
    start = stream.tell()
    found = stream.seek(0, io.SEEK_END) - start
    stream.seek(start)
    if found != size:
        raise ValueError(f"the stream holds {found} bytes, not {size}")


def _s3_code(body: bytes) -> str:
    found = re.search(rb"<Code>(\w+)</Code>", body)
    return found[1].decode() if found else ""


def connect(settings: Settings) -> Storage:
    """The bucket that the settings name; nothing is sent yet."""
    return Storage(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
        secure=settings.s3_secure,
        region=settings.s3_region,
    )
