"""Shared by the tests of pages: each begins in English and leaves English behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cxdata.language import set_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")
