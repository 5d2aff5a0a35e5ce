"""A server on a copy of the demo, and a Chromium that may talk to this machine only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a Chromium they are skipped, and say so."""
    for item in items:
        if Path(item.fspath).parent != Path(__file__).parent:
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium found; on Debian: apt-get install chromium"))


@dataclass
class Server:
    """A running dashboard."""

    address: str
    data: Path


@pytest.fixture(scope="session")
def server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("browser") / "data"
    shutil.copytree(demo_folder, data)
    yield from serve(data)


def serve(data: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard.py"), "--server.address", "127.0.0.1",
         "--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"],
        cwd=ROOT, env={**os.environ, "CX_DATA": str(data)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.25)
        else:
            pytest.fail("the dashboard did not start within a minute")
        yield Server(address, data)
    finally:
        process.terminate()
        process.wait(timeout=20)


@dataclass
class Reader:
    """A person at a browser: opens pages, waits until they are drawn, remembers where requests went."""

    page: object
    address: str
    elsewhere: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a path of the dashboard and wait until it has settled."""
        self.page.goto(self.address + path)  # type: ignore[attr-defined]
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run and nothing is being drawn any more."""
        page = self.page
        seen = ""
        for _ in range(60):
            page.wait_for_timeout(400)  # type: ignore[attr-defined]
            page.wait_for_selector(  # type: ignore[attr-defined]
                "[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000
            )
            drawing = page.locator("[data-testid=stSkeleton]:visible").count()  # type: ignore[attr-defined]
            text = self.text("body")
            if text == seen and not drawing:
                return
            seen = text
        pytest.fail("the page did not settle within half a minute")

    def text(self, selector: str = "[data-testid=stMain]") -> str:
        """What the reader sees in a part of the page."""
        return str(self.page.inner_text(selector))  # type: ignore[attr-defined]

    def exceptions(self) -> int:
        """Number of tracebacks on the page."""
        return int(self.page.locator("[data-testid=stException]").count())  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(params=["light"])
def reader(server: Server, chromium: object, request: pytest.FixtureRequest) -> Iterator[Reader]:
    yield from new_reader(chromium, server.address, request.param)


def new_reader(chromium: object, address: str, scheme: str = "light", width: int = 1440) -> Iterator[Reader]:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[attr-defined]
    someone = Reader(page, address)
    local = (address, address.replace("http", "ws"), "data:", "blob:")
    page.on(
        "request", lambda call: None if call.url.startswith(local) else someone.elsewhere.append(call.url)
    )
    yield someone
    page.close()
