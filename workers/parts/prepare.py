"""Everything that the parts need on disk before they start."""

from __future__ import annotations

from models.settings import Settings
from workers.parts.credentials import make_credentials, write_configuration
from workers.parts.files import prepare_folders
from workers.parts.ports import choose_ports


def prepare_parts(settings: Settings) -> None:
    """Make folders and credentials, choose ports, write the parts' configuration.

    Call it with the data directory locked and nothing of it running; load the settings again
    afterwards, for they now say where the parts are.
    """
    prepare_folders(settings)
    make_credentials(settings)
    write_configuration(settings, choose_ports(settings))
