import numpy as np
import pytest

from laat_core.errors import DataError
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.groups import Groups


def test_tested_rows_have_the_group_of_their_row(tested):
    groups, splits, experiment, models = tested
    for part, split, (labels, logits) in zip(
        splits, experiment.splits, experiment.test_logits(models), strict=True
    ):
        np.testing.assert_array_equal(part.codes, groups.codes[split.test])
        np.testing.assert_array_equal(part.labels, labels)
        np.testing.assert_array_equal(part.logits, logits)
        np.testing.assert_array_equal(part.selected(), logits >= 0)


def test_groups_of_another_table_are_refused(tested):
    _, _, experiment, models = tested
    with pytest.raises(DataError, match="The groups are of 3 rows, the models of a table of"):
        asked_rows(experiment, models, Groups(("group",), ("a", "b"), np.array([0, 1, 1])))
