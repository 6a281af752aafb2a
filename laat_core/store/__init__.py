"""Projects: an append-only, chained history in a database, and what it means."""
