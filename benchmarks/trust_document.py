"""docs/trust.md: the study of trust as tables and figures."""


def document(cells, n_splits, seed):
    return ""


def draw_figures(cells, folder):
    pass
