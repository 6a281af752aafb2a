"""What all tests share."""

import torch
from hypothesis import settings

# The same examples in every run; a slow machine is no failure.
settings.register_profile("laat", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("laat")

# As in training: a second thread stalls beside another busy process.
torch.set_num_threads(1)
