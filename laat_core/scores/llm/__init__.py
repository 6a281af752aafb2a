"""Asking a language model for importance scores: prompt, client, reply, cache."""
