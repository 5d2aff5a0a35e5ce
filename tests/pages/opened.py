"""A page opened without a browser on a data folder, and what a reader meets there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from cxdata.config import Config

UTC = Config(time_zone="UTC")
SECONDS = 180
"""A page that needs longer has failed; busy machines have their time."""


def script(page: str, folder: str, language: str, role: str, config: object, choices: dict) -> None:
    # Streamlit runs the text of this function alone: it imports what it needs, and is typed with what Python has.
    from importlib import import_module
    from pathlib import Path

    from cxdata.config import load_config
    from cxdata.database import current_id, open_release
    from cxdata.language import set_language
    from cxdata.selection import Selection
    from pages.parts.view import View

    set_language(language)
    home = Path(folder)
    release = open_release(home, current_id(home))
    view = View(release, config or load_config(home), Selection(**choices), language, role)
    import_module(f"pages.{page}").render(view)


def open_page(
    page: str,
    folder: Path,
    language: str = "en",
    query: Mapping[str, str] | None = None,
    *,
    role: str = "data",
    config: Config | None = UTC,
    **choices: Any,
) -> AppTest:
    """A page after its first run, which raised nothing.

    Parameters
    ----------
    page : str
        Module below `pages`, for instance ``journey`` or ``parts.impact_points``.
    folder : Path
        Data folder; its current release is opened.
    language, role : str
        Of the reader.
    query : mapping of str to str, optional
        What stands in the address.
    config : Config, optional
        The company's settings; None reads those of the folder.
    choices : Any
        Fields of the selection: month, metric, filters.
    """
    arguments = (page, str(folder), language, role, config, choices)
    opened = AppTest.from_function(script, default_timeout=SECONDS, args=arguments)
    for name, value in (query or {}).items():
        opened.query_params[name] = value
    return settled(opened.run())


def settled(page: AppTest) -> AppTest:
    """The page, whose last run raised nothing."""
    assert not page.exception, page.exception
    return page


def markup(page: AppTest) -> str:
    """The page's own HTML."""
    return "\n".join(element.proto.body for element in page.get("html"))


def text(page: AppTest) -> str:
    """What a reader sees of the page's own HTML, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup(page)).replace("\u00a0", " "))


def charts(page: AppTest) -> list[Any]:
    """The page's charts; `proto.alt` is what they are called, `proto.spec` what Vega-Lite is given."""
    return list(page.get("vega_lite_chart"))
