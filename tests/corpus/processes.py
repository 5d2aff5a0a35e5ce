"""Runs the command line in processes of its own that a test may stop, kill or starve of disk space.

Processes are forked from a warm one, so that the imports are paid once and not per process.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from cxdata.cli import main

EVENTS = ("os.mkdir", "os.rename", "os.chmod", "os.remove", "os.rmdir", "shutil.rmtree")
"""What a refresh does to files besides writing them; a kill before any of these is a kill at a named step."""


_starting = threading.Lock()


def context() -> ForkServerContext:
    """Processes that are forked from one that has imported everything."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["cxdata.cli", "cxdata.refresh.run", "tests.corpus.processes"])
    return found


def start(
    *arguments: str,
    errors: Path | None = None,
    most_bytes: int = 0,
    kill_at: int = 0,
    steps: Path | None = None,
) -> BaseProcess:
    """Start `python -m cxdata` with these arguments.

    Parameters
    ----------
    arguments : str
        As on the command line.
    errors : Path, optional
        File for its standard error.
    most_bytes : int
        Size beyond which no file can be written, as on a full disk; 0: no limit.
    kill_at : int
        Number of the file event (see `EVENTS`) before which the process kills itself; 0: never.
    steps : Path, optional
        File that receives one line per file event.
    """
    settings = {"errors": errors, "most_bytes": most_bytes, "kill_at": kill_at, "steps": steps}
    process = context().Process(target=_run, args=(arguments, settings))
    # Streamlit's page tests leave the script of a page as the main module, and a child would run that first.
    with _starting:
        main_module = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            process.start()
        finally:
            sys.modules["__main__"] = main_module
    return process


def _run(arguments: tuple[str, ...], settings: dict[str, Any]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    errors = settings["errors"]
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if errors else null, 2)
    if settings["most_bytes"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (settings["most_bytes"],) * 2)
    if settings["kill_at"] or settings["steps"]:
        _watch(settings["kill_at"], settings["steps"])
    code = main(arguments)
    sys.stdout.flush()
    os._exit(code)


def _watch(kill_at: int, steps: Path | None) -> None:
    seen = 0
    log = os.open(steps, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if steps else None

    def hook(event: str, values: tuple[Any, ...]) -> None:
        nonlocal seen
        if event not in EVENTS:
            return
        seen += 1
        if log is not None:
            os.write(log, f"{event} {values[0]}\n".encode())
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
