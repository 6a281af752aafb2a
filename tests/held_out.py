"""A task that differs from another one in labels of held-out rows alone."""

from dataclasses import replace

import numpy as np

from laat_core import HoldOut, Task


def with_labels_exchanged(task: Task, hold_out: HoldOut) -> Task:
    """Exchange labels among such rows as are held out whichever of these labels they have."""
    rows = hold_out.rows(task.labels)
    drawn = np.random.PCG64(hold_out.seed).random_raw(len(task.labels))
    some = rows[drawn[rows] < min(drawn[rows[task.labels[rows] == k]].max() for k in (0, 1))]
    table = task.table.copy()
    classes = table[task.target].iloc[some[::-1]].to_numpy()
    table.iloc[some, table.columns.get_loc(task.target)] = classes
    other = replace(task, table=table)
    assert (other.labels != task.labels).sum() > 5
    assert hold_out.rows(other.labels).tolist() == rows.tolist()
    return other
