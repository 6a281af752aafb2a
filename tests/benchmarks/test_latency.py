import shutil

import pytest
from playwright.sync_api import Error

from benchmarks import latency
from benchmarks.browser import chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on the path"),
]

# Charts that change at once and again after a while, as does something that is no chart.
PAGE = """
<input type="range" data-feature="a">
<div id="auc"><span class="laat-auc">1</span></div>
<div class="js-plotly-plot"><svg id="first"></svg></div>
<div id="host"></div>
<p id="other"></p>
<script>
  const shadow = host.attachShadow({mode: "open"});
  shadow.innerHTML = '<div class="js-plotly-plot"><svg id="second"></svg></div>';
  const draw = (svg) => svg.replaceChildren(document.createElement("path"));
  addEventListener("keydown", () => {
    draw(first);
    setTimeout(() => auc.innerHTML = '<span class="laat-auc">2</span>', 20);
    setTimeout(() => second && draw(shadow.getElementById("second")), 60);
    setTimeout(() => other.textContent = "later", 150);
  });
  let second = true;
</script>
"""


@pytest.fixture(scope="module")
def page():
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(PAGE)
        page.evaluate(latency.WATCH, {"chart": latency.CHART, "auc": latency.AUC})
        yield page


def test_the_last_change_of_a_chart_ends_the_move(page):
    move = latency._move(page, 0)
    assert move["auc"]
    assert move["milliseconds"] >= 60
    # Sooner than the change outside of the charts, which comes 90 ms later.
    changed = page.evaluate("[...window.benchmark.changed.values()]")
    pressed = page.evaluate("window.benchmark.pressed")
    assert move["milliseconds"] == pytest.approx(max(changed) - pressed)
    assert len(changed) == 3


def test_a_chart_that_stays_is_reported(page, monkeypatch):
    monkeypatch.setattr(latency, "PATIENCE_MS", 400)
    page.evaluate("second = false")
    with pytest.raises(Error, match="1 of 2 charts changed"):
        latency._move(page, 0)


def test_result_is_shown_as_a_table():
    result = {
        "p50_ms": 101.4,
        "p95_ms": 150.0,
        "slowest_ms": 160.0,
        "sliders": 30,
        "moves": 24,
        "warm_up": 5,
        "auc_changed": 24,
        "chromium": "1",
    }
    assert "| 50th percentile                  | 101 |" in latency.show(result)
