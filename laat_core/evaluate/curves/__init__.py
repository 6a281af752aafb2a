"""Studies of scores: how much, how far and how robust, each a curve over many comparisons."""
