"""The panels of the bias lab about groups: what happens to them, by what, and at what cost."""

import streamlit as st

from ui.bias.groups import choose_groups, show_groups
from ui.bias.lab import LabFindings
from ui.bias.not_used import show_not_used
from ui.bias.plane import show_plane
from ui.bias.proxies import show_proxies
from ui.state import AppState

__all__ = ["show_panels"]

TABS = ("Groups", "Where did it go?", "Do not use", "Performance against disparity")


def show_panels(state: AppState, now: LabFindings) -> None:
    """Show the panels; what takes training is trained once its tab is opened."""
    st.subheader("Who is treated how, and by what", anchor=False)
    findings = state.lab.at_rest(now)  # so that what is dragged is not kept waiting
    if findings is not now:
        st.caption("This follows once the slider is let go.")
    groups = choose_groups(state, findings.biased.experiment.task)
    tabs = st.tabs(TABS, key=f"lab_panels_{state.opened}", on_change="rerun")
    for tab, show in zip(tabs, (show_groups, show_proxies, None, show_plane), strict=True):
        with tab:
            if not tab.open:
                continue
            if show is None:
                show_not_used(state, findings, groups)
            elif groups is not None:
                show(state, findings, groups)
            else:
                st.caption("There are no groups to show.")
