"""A package, so that its fixtures may be of the whole folder and end with it."""
