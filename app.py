"""The app: page configuration and navigation, nothing else."""

import streamlit as st

from ui.access import admit
from ui.layout import faults_in_words
from ui.start import show_start
from ui.startup import prepare_process
from ui.visit import get_state, go_on, open_state

st.set_page_config(page_title="LAAT Workbench", page_icon="🎚️", layout="wide")
prepare_process()
open_state(admit())
chosen = get_state().chosen
pages = [
    st.Page("pages/start.py", title="Start", icon=":material/home:"),
    st.Page("pages/workbench.py", title="Workbench", icon=":material/tune:", default=True),
    st.Page("pages/evidence.py", title="Evidence", icon=":material/balance:"),
    st.Page("pages/bias.py", title="Bias lab", icon=":material/science:"),
    st.Page("pages/data.py", title="Data", icon=":material/table:"),
    st.Page("pages/proposals.py", title="Proposals", icon=":material/forum:"),
    st.Page("pages/history.py", title="History", icon=":material/history:"),
]
# Pages about a table are shown once there is one.
page = st.navigation(pages, position="top" if chosen else "hidden")
go_on(pages)
with faults_in_words():
    if chosen:
        page.run()
    else:
        show_start(get_state())
