"""`python -m tui` is `selfparam-agent`."""

from tui.cli.main import main

if __name__ == "__main__":
    main()
