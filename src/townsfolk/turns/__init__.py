"""The NPC turn: what is known, prompt, call, repair, guard, actions. The only way an NPC speaks."""
