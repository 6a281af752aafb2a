"""Bias lab: see a biased table mislead a model, and knowledge set it right."""

from ui.layout import task_page
from ui.visit import get_state

state = get_state()
if task_page(state):
    pass
