"""One NPC and one player on LangGraph."""
