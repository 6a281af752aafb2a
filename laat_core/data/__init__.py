"""Tables: reading, roles, encoding, splits."""
