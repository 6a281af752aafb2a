"""The bundled tables with their descriptions, and the proposals recorded for them."""

from laat_core.datasets.bundled import dataset_names, dataset_title, load_dataset
from laat_core.datasets.recorded import RecordedProposal, load_proposal

__all__ = ["RecordedProposal", "dataset_names", "dataset_title", "load_dataset", "load_proposal"]
