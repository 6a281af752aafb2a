"""Tables of odd kinds, each taken through every page: it works, or one sentence says why not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import make_task, read_table
from laat_core.data.text import sorted_levels
from tests.instrument import settled
from ui.state import AppState

FOLDER = Path(__file__).parent / "cases"
PAGES = ("data", "evidence", "bias", "history")


def read(path: Path) -> pd.DataFrame:
    found = read_table(path)
    return getattr(found, "frame", found)


def made() -> dict[str, pd.DataFrame]:
    """Kinds that the folder does not hold."""
    generator = np.random.default_rng(0)
    ill = ["yes", "no"] * 30
    noise = generator.normal(size=60)
    return {
        "all missing": pd.DataFrame({"x": noise, "gone": [None] * 60, "ill": ill}),
        "one known cell": pd.DataFrame({"x": noise, "one": [1.0, *[None] * 59], "ill": ill}),
        "unlabelled": pd.DataFrame({"x": noise, "ill": [*ill[:8], *[None] * 52]}),
        "target only": pd.DataFrame({"ill": ill}),
        "one level differs": pd.DataFrame({"g": ["a", *["b"] * 59], "ill": ill}),
        "wide": pd.DataFrame(generator.normal(size=(12, 80))).add_prefix("c").assign(ill=ill[:12]),
        "long names": pd.DataFrame({"n" * 300: noise, "m" * 300: ["a", "b"] * 30, "ill": ill}),
        "right to left": pd.DataFrame({"גיל": noise, "מין": ["ז", "נ"] * 30, "חולה": ill}),
        "copies": pd.DataFrame({"x": [1.5] * 59 + [2.0], "y": [2.5] * 59 + [1.0], "ill": ill}),
    }


MADE = made()
# What cannot be used, and what is said of it on every page.
UNUSABLE = {
    "constant_only": "No column is left to learn from",
    "flag_collision": "Two features would be named 'a = b = c'",
    "target only": "No column is left to learn from",
}
# What cannot be trained as the settings are at first, and what the Workbench says of it.
UNTRAINED = {
    "huge_values": "The values of 'v' are too large to calculate with",
    "one_positive": "Rows of the smaller class: 1; at least 2 are needed",
    "tiny2": "Rows of the smaller class: 1; at least 2 are needed",
    "tiny4": "Choose 1 or fewer, or add rows",
    "tiny6": "Choose 2 or fewer, or add rows",
    "two_positives": "Choose 1 or fewer, or add rows",
    "three_positives": "Choose 2 or fewer, or add rows",
    "unlabelled": "Choose 3 or fewer, or add rows",
}
ALL = [*sorted(path.stem for path in FOLDER.glob("*.csv")), *MADE]
WORKING = [name for name in ALL if name not in UNUSABLE.keys() | UNTRAINED.keys()]


def open_table(app: AppTest, name: str) -> AppState:
    """Open a table as a visitor who has had others open before."""
    frame = MADE[name] if name in MADE else read(FOLDER / f"{name}.csv")
    target = str(frame.columns[-1])
    state: AppState = app.session_state["laat"]
    state.open(make_task(frame, target, sorted_levels(frame[target])[-1], name=f"{name}.csv"))
    app.switch_page("pages/workbench.py").run()
    return state


def told(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.info, *app.warning]
    return " ".join(part.value for part in parts).replace("\\", "")


def visit_pages(app: AppTest, name: str) -> dict[str, str]:
    """What each page says."""
    said = {}
    for page in PAGES:
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, (name, page, app.exception)
        said[page] = told(app)
    return said


# Of a visitor each, so that the app starts few times.
@pytest.mark.parametrize("names", [WORKING[::2], WORKING[1::2]], ids=["some", "others"])
def test_tables_of_odd_kinds_work_on_every_page(names, app):
    app.run()
    for name in names:
        state = open_table(app, name)
        assert not state.problem, (name, state.problem)
        data = settled(app)
        assert data["result"], (name, data["problem"])
        assert visit_pages(app, name)


def test_what_cannot_be_trained_yet_is_one_sentence(app):
    app.run()
    for name, sentence in UNTRAINED.items():
        state = open_table(app, name)
        assert not state.problem, (name, state.problem)
        data = settled(app)
        assert not data["result"], name
        assert sentence in data["problem"], (name, data["problem"])
        said = visit_pages(app, name)
        assert sentence in said["evidence"], (name, said["evidence"])


def test_what_cannot_be_used_is_one_sentence_on_every_page_beside_its_history(app):
    app.run()
    for name, sentence in UNUSABLE.items():
        state = open_table(app, name)
        assert not app.exception, name
        assert sentence in told(app), name
        assert state.problem, name
        for said in visit_pages(app, name).values():
            assert said.count(sentence) == 1, (name, said)
        assert len(app.dataframe[0].value) == 1  # History, where the pages end
