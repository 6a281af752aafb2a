"""What is timed or measured, each with the command that runs it: ``python -m benchmarks.NAME``."""
