"""Text from a table, an LLM or a file, shown as it is."""

import html
import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

__all__ = ["literal", "literal_html", "local_time", "moment", "signed", "with_sign"]

# Everything that Streamlit's Markdown gives a meaning to, its :directives: and $formulas$ included.
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# :names: of icons and emoji are drawn even where the colons are escaped; an invisible character
# that joins words keeps them apart.
NAMED = re.compile(r":(?=(?:material/)?[\w+-]+:)")
JOINER = "\u2060"
# Text that runs from right to left must not turn the sentence around it.
ISOLATE, END = "\u2068", "\u2069"


def literal(text: str) -> str:
    """Escape text for a place that renders Markdown."""
    line = NAMED.sub(f":{JOINER}", " ".join(text.split()))
    return ISOLATE + MARKDOWN.sub(r"\\\1", line) + END


def literal_html(text: str) -> str:
    """Escape text for a place that renders HTML."""
    return f"<bdi>{html.escape(' '.join(text.split()))}</bdi>"


def signed(value: float) -> str:
    """Write a number with its sign and a proper minus, to one place: ``+6.2``, ``−4.6``, ``0``."""
    text = with_sign(value).removesuffix(".0")
    return "0" if text in {"+0", "−0"} else text


def with_sign(value: float, places: int = 1) -> str:
    """Write a number with its sign and a proper minus, to all of some places: ``+3.0``."""
    return f"{value:+.{places}f}".replace("-", "−")


def local_time(moment: str) -> datetime:
    """Return a moment, as a project notes it, in the time of whoever looks at it."""
    time = datetime.fromisoformat(moment)
    try:
        return time.astimezone(ZoneInfo(st.context.timezone or "UTC"))
    except (ValueError, ZoneInfoNotFoundError):
        return time


def moment(text: str) -> datetime | None:
    """Return a moment in local time; None where it is none, as a project may come from anybody."""
    try:
        return local_time(text)
    except (ValueError, OverflowError):
        return None
