"""A first look at a file's bytes: fingerprint, encoding, and a count of records that no parser made.

Conservation is checked against this count. It follows the bytes alone (line ends outside quotation
marks), so that a parser which loses or swallows rows cannot also falsify the number it is held to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cxdata.errors import InputBlocked

CHUNK = 1 << 20

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Scan:
    """What the bytes of a file say.

    Parameters
    ----------
    sha256 : str
        Fingerprint of the whole file.
    bytes : int
        Its size.
    encoding : str
        Python codec that decodes it.
    records : int or None
        Records without the header and blank lines; None where the bytes cannot be counted as they
        stand (UTF-16, blank lines, lone carriage returns), so that the strict reader has to count.
    quoted_lines : bool
        Whether line ends stand inside quotation marks.
    """

    sha256: str
    bytes: int
    encoding: str
    records: int | None
    quoted_lines: bool


def fingerprint(path: Path) -> Scan:
    """Hash of a file whose records its own format counts (Parquet, XLSX)."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Scan(digest.hexdigest(), size, "", None, quoted_lines=False)


def scan_text(path: Path, name: str, encoding: str = "auto") -> Scan:
    """Read a delimited text file once: hash, encoding, records.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in messages.
    encoding : str
        Declared codec, or ``auto`` for UTF-8 or whatever a byte order mark says.

    Raises
    ------
    InputBlocked
        If the bytes are not text in the declared or detected encoding, or hold NUL bytes.
    """
    digest = hashlib.sha256()
    counter = _LineCounter()
    decoder = _Utf8Check(name)
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        detected = _encoding(head, encoding, name)
        plain = detected in ("utf-8", "utf-8-sig")
        size = 0
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if plain:
                decoder.feed(chunk)
            if detected != "utf-16":
                counter.feed(chunk)
    if plain:
        decoder.finish()
    countable = plain and not counter.irregular
    return Scan(
        digest.hexdigest(), size, detected, counter.records() if countable else None, counter.quoted_lines
    )


def _encoding(head: bytes, declared: str, name: str) -> str:
    marked = next((codec for mark, codec in _MARKS.items() if head.startswith(mark)), None)
    if declared in ("", "auto"):
        return marked or "utf-8"
    wanted = declared.lower().replace("_", "-")
    try:
        b" ".decode(wanted)  # nothing at all would be decoded without a look at the codec
    except LookupError as error:
        raise InputBlocked(
            f"{name}: the declared encoding '{declared}' is not known. Use utf-8, utf-16, latin-1 or cp1252."
        ) from error
    except UnicodeError:
        pass  # a codec of two bytes, at least
    if wanted in ("utf-8", "utf8"):
        return marked or "utf-8"
    return "utf-16" if wanted.startswith("utf-16") and marked else wanted


class _Utf8Check:
    """Finds the first byte that is not UTF-8, over chunks, without keeping the text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rest = b""
        self.seen = 0

    def feed(self, chunk: bytes) -> None:
        if b"\x00" in chunk:
            where = self.seen + chunk.index(b"\x00")
            raise InputBlocked(
                f"{self.name}: byte {where:,} is NUL, so this is not UTF-8 text. If it is UTF-16, declare "
                'encoding = "utf-16"; otherwise export it again as CSV.'
            )
        if chunk.isascii() and not self.rest:
            self.seen += len(chunk)
            return
        text = self.rest + chunk
        try:
            text.decode("utf-8")
            self.rest = b""
        except UnicodeDecodeError as error:
            # A character may be cut in two by the chunk; anything else is a wrong encoding.
            if len(text) - error.start > 3:
                self._refuse(self.seen - len(self.rest) + error.start, text[error.start])
            self.rest = text[error.start :]
        self.seen += len(chunk)

    def finish(self) -> None:
        if self.rest:
            self._refuse(self.seen - len(self.rest), self.rest[0])

    def _refuse(self, where: int, value: int) -> None:
        raise InputBlocked(
            f"{self.name}: byte {where:,} (0x{value:02x}) is not UTF-8. Declare the file's encoding, for "
            'instance encoding = "latin-1" or "cp1252", in cx.toml [exports] or the source\'s source.toml.'
        )


class _LineCounter:
    """Counts line ends outside quotation marks, over chunks of bytes."""

    def __init__(self) -> None:
        self.lines = 0
        self.quotes = 0
        self.quoted_lines = False
        self.irregular = False
        self.last = b"\n"

    def feed(self, chunk: bytes) -> None:
        data = np.frombuffer(chunk, dtype=np.uint8)
        returns = chunk.count(b"\r") if b"\r" in chunk else 0
        if _blank_line(chunk) or (self.last == b"\n" and chunk[:1] in (b"\n", b"\r")):
            self.irregular = True  # the strict reader says which blank lines are records
        if returns and (b"\n\r" in chunk or returns != chunk.count(b"\r\n") + (chunk[-1:] == b"\r")):
            self.irregular = True
        if returns and returns < chunk.count(b"\n") - 1:
            self.irregular = True
        quotes = chunk.count(b'"') if b'"' in chunk else 0
        if quotes == 0 and self.quotes % 2 == 0:
            self.lines += int(np.count_nonzero(data == 10))
        else:
            marks = np.flatnonzero(data == 34)
            ends = np.flatnonzero(data == 10)
            before = np.searchsorted(marks, ends) + self.quotes
            outside = int((before % 2 == 0).sum())
            self.quoted_lines |= outside < len(ends)
            self.lines += outside
        self.quotes += quotes
        self.last = chunk[-1:]

    def records(self) -> int:
        """Records below the header; a last line without a line end counts too."""
        return max(self.lines + (self.last != b"\n") - 1, 0)


def _blank_line(chunk: bytes) -> bool:
    """Whether two line ends follow each other; comparing pairs of bytes is far quicker than searching."""
    return any(
        bool((np.frombuffer(chunk, np.uint16, (len(chunk) - start) // 2, start) == 0x0A0A).any())
        for start in (0, 1)
    )
