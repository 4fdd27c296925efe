"""I/O  What the bot keeps, in SQLite or in PostgreSQL; nothing else in the bot knows which.

- `connection`: opens a database and gives transactions;
- `notes`: what was heard in voice notes, one by one and summed over time;
- `chats`: the settings of each chat;
- `people`: languages, opt-outs, and all that is held of one person;
- `learning`: consent, opinions, and what notes left behind for the bot to learn from;
- `models`, `retrainings`: models that were made here, and the making of them;
- `inbox`, `line`, `replicas`: what Telegram handed over and is not answered, and who does that;
- `traces`: what was learnt from one person, and what they did as an admin;
- `statistics`: how much the bot is used, summed over all;
- `tables`, `learning_tables`, `inbox_tables`: the columns of all that;
- `moving`: copies everything into another database (``python -m bot.database.moving``);
- `upsert`: writes a row, whether it is there or not;
- `migrations`: how the tables of an older version become these.

Functions take the session of a transaction, so that whoever calls decides what belongs together.
"""

from __future__ import annotations

from bot.database.connection import AWAY, Database

__all__ = ["AWAY", "Database"]
