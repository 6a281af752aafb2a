"""Evidence: how much the scores add, how far to trust them, and when to stop."""

from ui.evidence.controls import show_controls
from ui.evidence.curves import show_curves
from ui.layout import task_page
from ui.visit import get_state

state = get_state()
if task_page(state):
    show_controls(state)
    show_curves(state)
