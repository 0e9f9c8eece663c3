"""Simulated players, batches of conversations, and what is measured of them."""
