"""From dialogues and lore to a tuned NPC model: MLX LoRA, GGUF, Ollama, before against after."""
