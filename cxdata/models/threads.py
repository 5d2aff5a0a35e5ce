"""One thread for small matrices: several of them wait for one another longer than they compute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

_LOCK = Lock()
_HELD: list[Any] = []
_WITHIN = [0]


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra of the process runs on one thread until the last block of this kind is left.

    Measured: EM, imputation and bootstrap take a fifth of the CPU time so, and less time to wait. Blocks may be nested and
    run in several threads of the process; as a decorator it covers a function.
    """
    with _LOCK:
        if not _WITHIN[0]:
            _HELD.append(_controller().limit(limits=1, user_api="blas"))
        _WITHIN[0] += 1
    try:
        yield
    finally:
        with _LOCK:
            _WITHIN[0] -= 1
            if not _WITHIN[0]:
                _HELD.pop().restore_original_limits()


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
