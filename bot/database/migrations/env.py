"""What Alembic runs to migrate: the steps, on the connection that it is handed."""

from __future__ import annotations

from alembic import context

from bot.database.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
