"""Pages of the app without a browser, run until nothing is under way."""

import time

from streamlit.testing.v1 import AppTest

SECONDS = 60


def rested(app: AppTest) -> AppTest:
    """Run the page on while something is under way, as its browser does."""
    until, pause = time.monotonic() + SECONDS, 0.05
    while app.get("progress"):
        assert time.monotonic() < until, "it does not end"
        time.sleep(pause)
        pause = min(2 * pause, 1)  # what is under way needs the time that a run of the page takes
        app.run()
    assert not app.exception
    return app


def settled(app: AppTest) -> AppTest:
    """Run the page of a state that has changed, until nothing is under way."""
    return rested(app.run())
