"""The attribution term, batched training, and the scikit-learn estimator."""
