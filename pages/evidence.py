"""Evidence: how much the scores add, how far to trust them, and when to stop."""

from ui.evidence.controls import show_controls
from ui.evidence.curves import show_curves
from ui.evidence.hold_out import show_hold_out
from ui.evidence.predictions import show_predictions
from ui.evidence.training import trained
from ui.layout import task_page
from ui.visit import get_state

state = get_state()
if task_page(state):
    findings = trained(state)
    if findings:
        show_controls(state, findings)
    show_hold_out(state)
    show_curves(state)
    if findings:
        show_predictions(state, findings)
