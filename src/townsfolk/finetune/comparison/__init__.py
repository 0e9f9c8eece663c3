"""Before against after: the same questions to two models, looked at in code."""
