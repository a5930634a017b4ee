"""``python -m aae_course`` is the command ``aae-course``."""

from aae_course.cli.commands import main

if __name__ == "__main__":  # not in the processes that train shares of the seeds
    main()
