"""The one exception that is meant for the person at the keyboard."""


class LatentbridgeError(Exception):
    """Something a user can mend: what was wrong, what was expected, what to do.

    The command line prints the three sentences and exits with status 1; no traceback is shown.
    """

    def __init__(self, wrong: str, expected: str = "", remedy: str = "") -> None:
        self.wrong, self.expected, self.remedy = wrong, expected, remedy
        super().__init__(" ".join(part for part in (wrong, expected, remedy) if part))
