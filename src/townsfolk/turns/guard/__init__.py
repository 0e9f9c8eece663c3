"""Rules in code that a model's line has to pass before it is spoken."""

from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.guard.rules import check_line
from townsfolk.turns.guard.stage import clean_stage

__all__ = ["GuardContext", "check_line", "clean_stage"]
