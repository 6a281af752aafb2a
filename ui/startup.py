"""What is done once per server."""

import gc

import streamlit as st
import torch

__all__ = ["prepare_process"]


@st.cache_resource(show_spinner=False)
def prepare_process() -> None:
    """Keep torch to one thread, and the collector off what start-up leaves for good."""
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
