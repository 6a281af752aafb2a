"""The parts of the Evidence page, one module each."""
