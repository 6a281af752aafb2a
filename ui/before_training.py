"""What to look at before training: findings about the rows and columns of the open table."""

import streamlit as st

from laat_core import Finding
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal

__all__ = ["show_findings"]

OPEN_UP_TO = 6  # findings that are shown without a click


def show_findings(state: AppState) -> None:
    """List what makes models look better than they are; nothing where there is nothing."""
    findings = state.findings()
    if not findings:
        return
    n = len(findings)
    title = f"Check before training: {n} {'point' if n == 1 else 'points'}"
    with st.expander(title, expanded=n <= OPEN_UP_TO, icon=":material/fact_check:"):
        st.markdown("\n".join(f"- {_line(state, finding)}" for finding in findings))


def _line(state: AppState, finding: Finding) -> str:
    names = ", ".join(f"**{literal(column_label(state.task, name))}**" for name in finding.columns)
    return f"{names}: {literal(finding.said)}" if names else literal(finding.said)
