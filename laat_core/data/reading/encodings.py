"""The text in some bytes: its encoding, and the bytes that do not belong there."""

import re
from itertools import islice

from charset_normalizer import from_bytes

from laat_core.data.reading.kinds import BINARY
from laat_core.data.text import quote
from laat_core.errors import DataError

__all__ = ["decode", "detect_encoding"]

SAMPLE_BYTES = 64 * 1024
SAMPLE_LINES = 500
# What a text that is not Unicode may be, the likeliest first.
WESTERN = "cp1252"
LEGACY = [WESTERN, *(f"cp{number}" for number in range(1250, 1258)), "cp932", "cp949", "gb18030"]

CONTROLS = bytes([*range(1, 9), 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31])
MOST_STRAY = 0.02  # share of bytes that cannot stand in a text and are yet no binary data


def decode(content: bytes, name: str) -> tuple[str, list[str]]:
    """Return the text of a file, and notes on what was guessed or removed.

    Raises
    ------
    DataError
        If the bytes are no text.
    """
    encoding = detect_encoding(content)
    text = content.decode(encoding, errors="replace").lstrip("\ufeff").rstrip("\x1a")
    notes = []
    if encoding in ("utf-16-le", "utf-16-be"):
        notes.append("The text does not say its encoding; it was read as UTF-16.")
    if encoding not in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        notes.append(_guessed(text, encoding))
    sample = text[:SAMPLE_BYTES]
    stray = sum(map(sample.count, map(chr, CONTROLS))) + sample.count("\0")
    if "\0" in sample and stray > MOST_STRAY * len(sample):
        raise DataError(f"{name} {BINARY}")
    if b"\0" in content and (n_nul := text.count("\0")):
        text = text.replace("\0", "")
        s = "s" if n_nul > 1 else ""
        notes.append(f"{n_nul:,} invisible character{s} (NUL) removed from the text.")
    return text.replace("\r\r\n", "\r\n"), notes


def _guessed(text: str, encoding: str) -> str:
    lost = text.count("\ufffd")
    word = next(iter(re.findall(r"\w*[^\W\x00-\x7f]\w*", text)), "")
    example = f" such as in {quote(word[:40])}" if word else ""
    unread = f" {lost:,} characters could not be read." if lost else ""
    return (
        f"The text is not Unicode and was read as {encoding}: check special letters{example}."
        f"{unread}"
    )


def detect_encoding(content: bytes) -> str:
    """Encoding of a text: UTF-16 by its mark or its NUL bytes, UTF-8 where it decodes, or a guess.

    Examples
    --------
    >>> detect_encoding("größe;maß".encode("cp1252"))
    'cp1252'
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if wide := _utf_16_without_mark(content[:SAMPLE_BYTES]):
        return wide
    try:
        content.decode("utf-8")
        return "utf-8-sig"
    except UnicodeDecodeError:
        return _legacy_encoding(content)


def _utf_16_without_mark(sample: bytes) -> str:
    """Texts in Latin letters have a NUL in every other byte."""
    if len(sample) < 4:
        return ""
    even, odd = (sample[start::2].count(0) / len(sample) * 2 for start in (0, 1))
    if max(even, odd) < 0.5 or min(even, odd) > 0.05:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy_encoding(content: bytes) -> str:
    telling = re.finditer(rb"[^\n]*[\x80-\xff][^\n]*", content)  # lines that are not ASCII
    sample = b"\n".join(line.group() for line in islice(telling, SAMPLE_LINES))[:SAMPLE_BYTES]
    matches = from_bytes(sample, cp_isolation=LEGACY)
    if not matches:
        return "latin-1"  # decodes whatever there is
    best = min(
        matches, key=lambda m: (m.chaos, -m.coherence, WESTERN not in m.could_be_from_charset)
    )
    return WESTERN if WESTERN in best.could_be_from_charset else best.encoding
