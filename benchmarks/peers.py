"""Models that know the table only, as they are commonly used, to stand beside the LAAT model."""

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from laat_core.evaluate.split_rows import SplitValues

__all__ = ["PEERS", "auc_of_peer", "missing_peers"]

FOLDS = 3
PENALTIES = (0.01, 0.1, 1.0, 10.0)  # C is the inverse of a penalty
WEIGHT_DECAYS = (1e-4, 1e-1, 1e1)
TREES = 200


def _logistic_regression(folds: StratifiedKFold, _: int) -> Any:
    return LogisticRegressionCV(
        Cs=PENALTIES,
        cv=folds,
        scoring="neg_log_loss",
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
        max_iter=1000,
    )


def _mlp(folds: StratifiedKFold, seed: int) -> Any:
    # The learning rate of the baseline, so that a hundred passes suffice.
    network = MLPClassifier((100,), learning_rate_init=0.01, max_iter=100, random_state=seed)
    return GridSearchCV(network, {"alpha": WEIGHT_DECAYS}, cv=folds, scoring="neg_log_loss")


def _random_forest(_: StratifiedKFold, seed: int) -> Any:
    return RandomForestClassifier(TREES, min_samples_leaf=2, n_jobs=1, random_state=seed)


def _xgboost(_: StratifiedKFold, seed: int) -> Any:
    from xgboost import XGBClassifier  # noqa: PLC0415 - an optional extra

    return XGBClassifier(
        n_estimators=TREES, max_depth=4, learning_rate=0.1, n_jobs=1, random_state=seed
    )


def _catboost(_: StratifiedKFold, seed: int) -> Any:
    from catboost import CatBoostClassifier  # noqa: PLC0415 - an optional extra

    return CatBoostClassifier(
        iterations=TREES,
        learning_rate=0.1,
        thread_count=1,
        random_seed=seed,
        verbose=False,
        allow_writing_files=False,
    )


PEERS: dict[str, Callable[[StratifiedKFold, int], Any]] = {
    "logistic_regression": _logistic_regression,
    "mlp": _mlp,
    "random_forest": _random_forest,
    "xgboost": _xgboost,
    "catboost": _catboost,
}
EXTRA = ("xgboost", "catboost")  # packages of the optional extra "peers"


def missing_peers() -> tuple[str, ...]:
    """Peers whose package is not installed."""
    return tuple(name for name in EXTRA if find_spec(name) is None)


def auc_of_peer(name: str, values: SplitValues, seed: int) -> float:
    """Train a peer on the training rows of a split; return its AUC on the test rows."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    model = PEERS[name](folds, seed)
    with warnings.catch_warnings(), threadpool_limits(1):
        # A network that is not done after its passes is taken as it is.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(values.train, values.train_labels)
    probabilities: NDArray[np.float64] = model.predict_proba(values.test)[:, 1]
    return float(roc_auc_score(values.test_labels, probabilities))
