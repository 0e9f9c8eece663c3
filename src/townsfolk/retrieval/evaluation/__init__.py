"""How well lore is found: judged queries, metrics, and the ways of searching side by side."""
