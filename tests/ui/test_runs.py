import json

from laat_core import Design, compare, load_dataset, load_proposal
from laat_core.store.events import canonical_json
from ui.runs import run_document

COMPARISON = compare(
    load_dataset("heart"), load_proposal("heart").scores, design=Design(n_splits=3)
)


def test_a_run_keeps_aucs_attributions_and_what_they_came_of():
    document = run_document(COMPARISON)
    for name, model in COMPARISON.models.items():
        kept = document["models"][name]
        assert kept["auc"]["per_split"] == model.auc.tolist()
        assert kept["auc"]["mean"] == model.auc_mean
        means = model.attributions.mean(axis=0)
        assert list(kept["attributions"].values()) == means.tolist()
    assert document["gamma"] == 100
    assert document["design"]["n_splits"] == 3
    assert document["target"] == dict(zip(COMPARISON.features, COMPARISON.target, strict=True))


def test_curves_are_left_out():
    assert "rates" not in json.dumps(run_document(COMPARISON))


def test_a_run_is_plain_and_small():
    text = canonical_json(run_document(COMPARISON))
    assert len(text) < 10_000
    assert json.loads(text)["models"].keys() == COMPARISON.models.keys()


def test_the_comparison_itself_stays_whole():
    run_document(COMPARISON)
    assert "false_positive_rates" in COMPARISON.to_dict()
