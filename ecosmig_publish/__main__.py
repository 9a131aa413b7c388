"""`python -m ecosmig_publish` is `ecosmig`."""

from ecosmig_publish.cli.main import main

if __name__ == "__main__":
    main()
