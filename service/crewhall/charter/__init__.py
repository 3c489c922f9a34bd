"""Charters: what a community has agreed, as a value, and how its file is read."""
