"""I/O  What the bot keeps, in SQLite or in PostgreSQL; nothing else in the bot knows which.

- `connection`: opens a database and gives transactions;
- `notes`: what was heard in voice notes, one by one and summed over time;
- `chats`: the settings of each chat;
- `people`: languages, opt-outs, and all that is held of one person;
- `tables`: the columns of all that; `upsert`: writes a row, whether it is there or not;
- `migrations`: how the tables of an older version become these.

Functions take the session of a transaction, so that whoever calls decides what belongs together.
"""

from __future__ import annotations

from bot.database.connection import Database

__all__ = ["Database"]
