"""The one error that people see: a reason, in words that say what to do."""


class StackError(Exception):
    """Something that the person at the terminal can mend; the message is for them and holds no secret."""


class PartFailed(StackError):
    """A part could not be started; `part` names it."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part} {reason}")
        self.part = part
