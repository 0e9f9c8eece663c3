"""LoRA training with MLX, in a process of its own."""
