"""Townsfolk: towns full of NPCs that stay in character."""

__version__ = "0.1.0"
