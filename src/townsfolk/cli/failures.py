"""Errors as a user sees them."""

from __future__ import annotations

import click

from townsfolk.town.errors import Problem, TownError, TownsfolkError


def show_failure(error: Exception) -> int:
    """Print an error that the user can mend and give the exit code; raise any other again."""
    if isinstance(error, click.exceptions.ClickException | click.exceptions.Exit | click.Abort):
        raise error
    if isinstance(error, TownError):
        show_problems(error.problems)
        return error.exit_code
    if isinstance(error, TownsfolkError):
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(str(error), err=True)
        return error.exit_code
    raise error


def show_problems(problems: list[Problem]) -> None:
    """All problems, one block each."""
    for problem in problems:
        place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        click.secho(place, bold=True, nl=False, err=True)
        click.echo(
            f"  {problem.key}: {problem.found}" if problem.key else f"  {problem.found}", err=True
        )
        if problem.allowed:
            click.echo(f"    allowed: {problem.allowed}", err=True)
        if problem.remedy:
            click.echo(f"    {problem.remedy}", err=True)
    count = len(problems)
    click.secho(f"{count} problem{'s' if count > 1 else ''}", fg="red", bold=True, err=True)
