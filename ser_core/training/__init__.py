"""From corpora to a model bundle. Nothing that answers a voice note imports this."""
