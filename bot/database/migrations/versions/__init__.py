"""The steps of migration, in the order of their numbers."""
