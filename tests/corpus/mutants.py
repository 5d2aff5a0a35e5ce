"""Exports that went through bad hands: bytes lost, doubled, swapped or strewn in."""

from __future__ import annotations

import random

from tests.corpus import tiny

STREWN = (
    b'"', b"'", b",", b";", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\t", b"\\", b"''",
    b'""', b'",', b"--", b"/*", b"%s", b"{}", b"$1", b"1e999", b"-", b"9" * 30, "ñ".encode(), "😀".encode(), b"NaN",
    b"\xe2\x80\xa8", b"\x1a", b"=1+1", b"\xc3", b"2024-03-31T02:30:00", b"0001-01-01", b"9999-12-31T23:59:59",
)  # fmt: skip


def mutant(seed: int) -> dict[str, bytes | None]:
    """The tiny company's exports after one to six accidents that the seed decides."""
    chance = random.Random(seed)
    files: dict[str, bytes | None] = {name: text.encode() for name, text in tiny.FILES.items()}
    for _ in range(chance.randint(1, 6)):
        name = chance.choice(list(files))
        files[name] = _accident(files[name] or b"", chance)
    if chance.random() < 0.1:
        files[chance.choice(list(files))] = None
    if chance.random() < 0.1:
        name = chance.choice(list(files))
        files[name.replace(".csv", chance.choice([".xlsx", ".parquet", ".tsv", ".txt"]))] = files[name]
        files[name] = None
    return files


def _accident(content: bytes, chance: random.Random) -> bytes:
    kind = chance.choice(("strew", "strew", "strew", "lose", "double", "swap", "cut", "lines", "field"))
    start = chance.randrange(len(content) + 1)
    end = min(len(content), start + chance.randint(1, 40))
    if kind == "strew":
        return content[:start] + chance.choice(STREWN) + content[start:]
    if kind == "lose":
        return content[:start] + content[end:]
    if kind == "double":
        return content[:end] + content[start:end] + content[end:]
    if kind == "swap":
        return content[:start] + bytes(reversed(content[start:end])) + content[end:]
    if kind == "cut":
        return content[:start]
    if kind == "lines":
        lines = content.split(b"\n")
        chance.shuffle(lines)
        return b"\n".join(lines)
    fields = content.split(b",")
    fields[chance.randrange(len(fields))] = chance.choice(STREWN)
    return b",".join(fields)
