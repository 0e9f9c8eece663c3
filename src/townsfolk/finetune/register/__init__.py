"""The tuned model in Ollama."""
