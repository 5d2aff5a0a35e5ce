"""Shared by all tests: tiny exports, their refresh, and one release for those that only read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from filelock import FileLock

from cxdata.cli import main
from cxdata.config import Config
from tests.corpus import tiny
from tests.corpus.release import CONFIG, Files, Refreshed, refreshed

# The same examples each time: a test that fails now and then would be believed by nobody.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.load_profile("same")


@pytest.fixture
def exports(tmp_path: Path) -> Callable[..., Path]:
    """A function: files that differ from the tiny company's -> folder with the exports."""

    def write(files: Files | None = None, *, only: Files = tiny.FILES, name: str = "exports") -> Path:
        return tiny.write(tmp_path / name, {**only, **(files or {})})

    return write


@pytest.fixture
def publish(tmp_path: Path, exports: Callable[..., Path]) -> Callable[..., Refreshed]:
    """A function: files that differ from the four required ones -> what their refresh published."""

    def run(
        files: Files | None = None,
        *,
        only: Files = tiny.REQUIRED_FILES,
        config: Config = CONFIG,
        **options: Any,
    ) -> Refreshed:
        number = len(list(tmp_path.glob("exports*")))
        folder = exports(files, only=only, name=f"exports{number}")
        return refreshed(folder, tmp_path / "data", config, **options)

    return run


@pytest.fixture(scope="session")
def tiny_release(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The release of the tiny company as it stands; for reading only."""
    folder = tmp_path_factory.mktemp("tiny")
    return refreshed(tiny.write(folder / "exports", tiny.FILES), folder / "data")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with the public data sets; the test is skipped where there is none."""
    repository = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("CX_REAL_DATA") or repository.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no public data sets in {folder}: set CX_REAL_DATA to the folder that holds them")
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of the demo company; made once, also where several workers run the tests. Reading only."""
    # Workers have folders of their own below one that they share.
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    folder = shared / "demo"
    with FileLock(shared / "demo.lock"):
        if not (folder / "CURRENT").is_file():
            assert main(["demo", "--data", str(folder)]) == 0
    return folder
