"""Dense vectors: the embedding model inside a package, fastembed's others, Ollama's."""
