"""What a process of this package needs to do its work: made once, before the first step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from extractors.limits import Limits
from extractors.ocr import ENGINES, LineEngine
from models.db import Database
from models.settings import Settings
from models.storage import Storage, connect
from workers.opinion import Endpoint, find_endpoint


@dataclass
class Context:
    """Connections and the OCR engine of this process; the engine is loaded at its first use."""

    settings: Settings
    name: str
    db: Database
    storage: Storage
    load_engine: Callable[[], LineEngine]

    @cached_property
    def engine(self) -> LineEngine:
        return self.load_engine()

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """Whom to ask for second opinions; it remembers when it failed."""
        return find_endpoint(self.settings)

    @property
    def limits(self) -> Limits:
        return Limits(**self.settings.file_limits)

    @property
    def spool(self) -> Path:
        """This worker's directory for files that live as long as a step."""
        path = self.settings.data_dir / "spool" / self.name.replace(":", "-")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def empty_spool(self) -> None:
        """Remove what a killed process of this name left behind."""
        for path in self.spool.iterdir():
            path.unlink(missing_ok=True)


def open_context(settings: Settings, name: str) -> Context:
    """Connections by the settings; nothing is contacted or loaded yet."""
    return Context(
        settings=settings,
        name=name,
        db=Database(settings.database_url.get_secret_value()),
        storage=connect(settings),
        load_engine=lambda: ENGINES[settings.ocr_engine](),
    )
