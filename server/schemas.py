"""What lists and single resources look like in JSON, as far as more than one router uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Item = TypeVar("Item")


def _to_rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    datetime,
    PlainSerializer(_to_rfc3339, return_type=str),
    Field(description="RFC 3339, UTC.", examples=["2026-11-24T09:30:00.000Z"]),
]


class Out(BaseModel):
    """An answer; can be made from a row."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """A request's body: a member that we do not know is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Listing(BaseModel, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None = Field(
        default=None, description="Pass it as `cursor` to get what follows; null when nothing does."
    )


class Reason(BaseModel):
    """Why something is in doubt: `code` for programs, `message` for the person."""

    code: str
    message: str


def listing(*items: Any) -> dict[str, Any]:
    """An example of a list."""
    return {"items": list(items), "next": None}


# Examples that belong together: one batch with one document, seen from every side.
CLIENT_ID = "cli_01KAW3PZ8T6V4M2N0QKJ5H7G9F"
BATCH_ID = "bat_01KAW3Q8Z4M6N2P7R9S1T5V8XY"
DOCUMENT_ID = "doc_01KAW3QB2C4D6E8F0G1H3J5K7M"
TASK_ID = "tsk_01KAW3R5N7P9Q1R3S5T7V9W1X3"
SORTING_ID = "srt_01KAW3R2M4N6P8Q0R2S4T6V8W0"
FIELD_ID = "fld_01KAW3R4A6B8C0D2E4F6G8H0J2"
RELEASE_ID = "rel_01KAW40T2V4W6X8Y0Z1A3B5C7D"
USER_ID = "usr_01KAW3N1B3C5D7E9F1G3H5J7K9"
KEY_ID = "key_01KAW3NQ4R6S8T0V2W4X6Y8Z0A"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TIME = "2026-11-24T09:30:00.000Z"
