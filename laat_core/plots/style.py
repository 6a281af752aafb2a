"""What the figures share: colours, marks that differ without colour, and text from a table."""

from dataclasses import dataclass

__all__ = ["BASELINE", "LAAT", "SCORES", "Look", "plain", "shorten"]

ELLIPSIS = "…"


@dataclass(frozen=True)
class Look:
    """How one kind of model is drawn: colour, and line and mark for those who do not see it."""

    name: str
    color: str
    dash: str
    symbol: str

    def fill(self, opacity: float) -> str:
        """Colour of a band behind the line."""
        red, green, blue = (int(self.color[i : i + 2], 16) for i in (1, 3, 5))
        return f"rgba({red},{green},{blue},{opacity})"


# Blue and orange stay apart for every common kind of colour blindness.
LAAT = Look("LAAT model", "#0b5fa5", "solid", "circle")
BASELINE = Look("Baseline", "#d9730d", "dash", "square")
SCORES = Look("Scores alone", "#5f6670", "dot", "line-ns-open")


def plain(text: str) -> str:
    """Text that plotly shows as it is: its labels otherwise take some HTML tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, length: int) -> str:
    """At most ``length`` characters in one line, with an ellipsis where some are left out."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + ELLIPSIS
