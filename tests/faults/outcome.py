"""What a fault test can say besides passing."""


class PromiseBroken(Exception):
    """The program did not keep a promise. The message says which, and what was seen."""


class AcknowledgedLost(PromiseBroken):
    """An event that was acknowledged is not there any more."""


class NotRun(Exception):
    """The test cannot run here. The message says what it needs."""
