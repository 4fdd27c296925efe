"""What the bot reacts to, one topic a file; each gives the handlers that `bot.app` installs."""
