"""The app: page configuration and navigation, nothing else."""

import streamlit as st

from ui.access import admit
from ui.layout import faults_in_words
from ui.startup import prepare_process
from ui.visit import go_on, open_state

st.set_page_config(page_title="LAAT Workbench", page_icon="🎚️", layout="wide")
prepare_process()
open_state(admit())
pages = [
    st.Page("pages/workbench.py", title="Workbench", icon=":material/tune:", default=True),
    st.Page("pages/evidence.py", title="Evidence", icon=":material/balance:"),
    st.Page("pages/bias.py", title="Bias lab", icon=":material/science:"),
    st.Page("pages/data.py", title="Data", icon=":material/table:"),
    st.Page("pages/proposals.py", title="Proposals", icon=":material/forum:"),
    st.Page("pages/history.py", title="History", icon=":material/history:"),
]
page = st.navigation(pages, position="top")
go_on(pages)
with faults_in_words():
    page.run()
