"""The bundled tables with their descriptions, proposals recorded and biases thought up for them."""

from laat_core.datasets.biases import Preset, load_biases
from laat_core.datasets.bundled import dataset_names, dataset_title, load_dataset
from laat_core.datasets.recorded import RecordedProposal, load_proposal

__all__ = [
    "Preset",
    "RecordedProposal",
    "dataset_names",
    "dataset_title",
    "load_biases",
    "load_dataset",
    "load_proposal",
]
