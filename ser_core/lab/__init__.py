"""The laboratory: systems tried side by side, and searched for better settings."""
