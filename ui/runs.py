"""What a project keeps of a comparison."""

from typing import Any

from laat_core import Comparison

__all__ = ["run_document"]

CURVES = ("false_positive_rates", "true_positive_rates")  # as large as all else together


def run_document(comparison: Comparison) -> dict[str, Any]:
    """Everything but the curves, in plain numbers and texts."""
    document = comparison.to_dict()
    document["models"] = {
        name: {part: value for part, value in model.items() if part not in CURVES}
        for name, model in document["models"].items()
    }
    return {part: value for part, value in document.items() if part not in CURVES}
