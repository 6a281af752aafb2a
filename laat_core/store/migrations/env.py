"""Where Alembic starts: the connection comes from ``laat_core.store.database``."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
