"""The reports: text, JSON, GitHub, and what to type next."""
