"""Figures for documents: drawn by Plotly in a real Chromium, kept as SVG."""

import re
from collections.abc import Mapping
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from benchmarks.browser import chromium

__all__ = ["save_figures"]

TO_SVG = """async ([json, width, height]) => {
  const figure = JSON.parse(json);
  const place = document.getElementById("figure");
  await Plotly.newPlot(place, figure.data, figure.layout);
  const url = await Plotly.toImage(place, { format: "svg", width, height });
  return decodeURIComponent(url.slice(url.indexOf(",") + 1));
}"""


def save_figures(figures: Mapping[Path, go.Figure], width: int = 1200, height: int = 640) -> None:
    """Write each figure to its file."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_content("<div id='figure'></div>")
        page.add_script_tag(content=get_plotlyjs())
        for path, figure in figures.items():
            image = page.evaluate(TO_SVG, [figure.to_json(), width, height])
            path.write_text(_settled(image), encoding="utf-8")


def _settled(image: str) -> str:
    """Name clips by number: their names are drawn at random."""
    names = dict.fromkeys(re.findall(r'id="([^"]*?([0-9a-f]{6}))', image))
    for number, (_, drawn) in enumerate(names):
        image = image.replace(drawn, f"{number:06d}")
    return image
