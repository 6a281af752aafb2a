"""Tables: reading, roles, encoding, profiles, splits."""
