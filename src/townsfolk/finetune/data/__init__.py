"""The training data: authored dialogues, the town's own lore, practice worlds."""
