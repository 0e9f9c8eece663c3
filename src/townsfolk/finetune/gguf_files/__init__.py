"""GGUF files: read into a Hugging Face folder, written as a fused model or as an adapter."""
