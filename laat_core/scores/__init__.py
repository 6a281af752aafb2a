"""Importance scores: what they are, and as files."""
