"""LAAT: small models whose attributions are aligned with importance scores.

The method is Vukadin, Šilić, Delač 2025, "Large Language Model Attribution Aligned Training"
(arXiv 2502.20268).
"""

from laat_core.data.bias import Bias, Step
from laat_core.data.checks import check_task
from laat_core.data.cleaning import Cleaning
from laat_core.data.conditions import Condition
from laat_core.data.encoding import Feature, TableEncoder
from laat_core.data.findings import Finding
from laat_core.data.hold_out import HoldOut
from laat_core.data.reading import LoadedTable, read_table
from laat_core.data.roles import make_task
from laat_core.data.splits import Design
from laat_core.data.task import Column, Role, Task
from laat_core.datasets import dataset_names, load_biases, load_dataset, load_proposal
from laat_core.errors import DataError, DesignError, LaatError, ScoreError
from laat_core.evaluate.comparison import Comparison, ModelResult
from laat_core.evaluate.experiment import Experiment, compare
from laat_core.evaluate.recipe import PROTOCOLS, Recipe
from laat_core.model.estimator import LAATClassifier
from laat_core.scores.importance import ImportanceScores

__all__ = [
    "PROTOCOLS",
    "Bias",
    "Cleaning",
    "Column",
    "Comparison",
    "Condition",
    "DataError",
    "Design",
    "DesignError",
    "Experiment",
    "Feature",
    "Finding",
    "HoldOut",
    "ImportanceScores",
    "LAATClassifier",
    "LaatError",
    "LoadedTable",
    "ModelResult",
    "Recipe",
    "Role",
    "ScoreError",
    "Step",
    "TableEncoder",
    "Task",
    "check_task",
    "compare",
    "dataset_names",
    "load_biases",
    "load_dataset",
    "load_proposal",
    "make_task",
    "read_table",
]
