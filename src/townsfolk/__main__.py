"""`python -m townsfolk`."""

from townsfolk.cli import main

main()
