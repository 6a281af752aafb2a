"""Changes of the database's tables, one after the other."""
