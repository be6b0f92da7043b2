"""Every error that leaves the system: one class a cause, with a code, a status and advice.

`code` is stable and machine-readable; `detail` (the message) says what happened and what to do.
`permanent` tells the step runner that a retry cannot help.
"""

from __future__ import annotations

from typing import Any, ClassVar


class ScrivanoError(Exception):
    """Base of all errors with a code; `extra` is added to the problem document."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500
    permanent: ClassVar[bool] = False

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


# -- files that cannot be taken or read --------------------------------------------------------


class FileProblem(ScrivanoError):
    """The file itself is at fault: no retry helps."""

    permanent = True
    status = 422


class EmptyFile(FileProblem):
    code, title = "file_empty", "The file is empty"


class TruncatedFile(FileProblem):
    code, title = "file_truncated", "The file ends too early"


class DamagedFile(FileProblem):
    code, title = "file_damaged", "The file cannot be read"


class EncryptedFile(FileProblem):
    code, title = "file_encrypted", "The file is encrypted"


class UnsupportedType(FileProblem):
    code, title, status = "file_type_unsupported", "This type of file is not accepted", 415


class UnknownXml(UnsupportedType):
    code, title = "xml_not_einvoice", "This XML is not an e-invoice that is known here"


class UnsafeXml(FileProblem):
    code, title = "xml_unsafe", "The XML declares what an e-invoice never needs"


class SeveralInvoices(FileProblem):
    code, title = "einvoice_has_several", "The file holds several invoices"


class RequestTooLarge(ScrivanoError):
    code, title, status = "request_too_large", "The request is too large", 413


class FileTooLarge(FileProblem):
    code, title, status = "file_too_large", "The file is too large", 413


class TooManyPages(FileProblem):
    code, title = "too_many_pages", "The file has too many pages"


class TooManyPixels(FileProblem):
    code, title = "too_many_pixels", "A page is larger than the pixel limit"


class FileTooComplex(FileProblem):
    code, title = "file_too_complex", "The file needs more memory or time than allowed"


# -- requests -----------------------------------------------------------------------------------


class Unauthorized(ScrivanoError):
    code, title, status = "unauthorized", "Credentials are missing or wrong", 401


class Forbidden(ScrivanoError):
    code, title, status = "forbidden", "Not allowed for this role", 403


class NotFound(ScrivanoError):
    code, title, status = "not_found", "Not found", 404


class InvalidRequest(ScrivanoError):
    code, title, status = "invalid_request", "The request is not valid", 422


class InvalidValue(ScrivanoError):
    code, title, status = "invalid_value", "The value is not valid for this field", 422


class MethodNotAllowed(ScrivanoError):
    code, title, status = "method_not_allowed", "The resource does not know this method", 405


class Conflict(ScrivanoError):
    code, title, status = "conflict", "The state does not allow this", 409


class NotReady(ScrivanoError):
    """What was asked for is being made: the caller may try again."""

    code, title, status = "not_ready", "Not ready yet", 409


class IdempotencyMismatch(ScrivanoError):
    code, title, status = (
        "idempotency_mismatch",
        "This Idempotency-Key was used for another request",
        422,
    )


class StaleWrite(ScrivanoError):
    code, title, status = "stale_write", "The resource has changed since it was read", 412


class PreconditionRequired(ScrivanoError):
    code, title, status = "precondition_required", "If-Match is required", 428


class TooManyRequests(ScrivanoError):
    code, title, status = "too_many_requests", "Too many requests", 429


class Unavailable(ScrivanoError):
    """A part that we need does not answer now; the caller may try again."""

    code, title, status = "unavailable", "A needed service does not answer", 503


class ObjectLost(ScrivanoError):
    """The records name an object that the store does not have, or has with other bytes."""

    code, title = "object_lost", "A stored file is missing or damaged"


# -- configuration and steps --------------------------------------------------------------------


class BadSetting(ScrivanoError):
    code, title, permanent = "bad_setting", "A setting is wrong", True


class BadWeights(ScrivanoError):
    code, title, permanent = "bad_weights", "A model file is missing or not the pinned one", True


class LeaseLost(ScrivanoError):
    """Another worker owns the step now: write nothing more."""

    code, title = "lease_lost", "The step's lease was lost"
