"""Start: open a demo, a table or a project."""

from ui.start import show_start
from ui.visit import get_state

show_start(get_state())
