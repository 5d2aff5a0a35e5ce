"""What the frame hands to a page."""

from __future__ import annotations

from dataclasses import dataclass

from cxdata.config import Config
from cxdata.database import Release
from cxdata.selection import Selection


@dataclass(frozen=True)
class View:
    """The release, the choices in force and the reader's rights, for one run of a page.

    Parameters
    ----------
    release : Release
        Open for reading.
    config : Config
        The company's settings.
    selection : Selection
        Month (never None once the frame has run), metric and filters.
    language : str
        ``en`` or ``es``; already in force when a page runs.
    role : str
        Role of the reader.
    """

    release: Release
    config: Config
    selection: Selection
    language: str
    role: str

    @property
    def may_see_personal(self) -> bool:
        """Whether names, comments and quarantined values may be shown."""
        return self.config.may_see_personal(self.role)
