"""From lore to hits: passages, vectors, Qdrant, hybrid search with the audience in the query."""
