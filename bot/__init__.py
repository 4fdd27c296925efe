"""The Telegram bot: it receives voice notes and answers with what ser_core hears in them."""
