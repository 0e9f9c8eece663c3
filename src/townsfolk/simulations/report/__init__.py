"""What a run came to: figures, a page and a table in the terminal."""
