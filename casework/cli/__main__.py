"""`python -m casework.cli`, for where the command itself is not on the path."""

from casework.cli.main import main

if __name__ == "__main__":
    main()
