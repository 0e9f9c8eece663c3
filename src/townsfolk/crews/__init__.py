"""Scenes on CrewAI. CrewAI is imported by the modules here that need it, and nowhere else."""
