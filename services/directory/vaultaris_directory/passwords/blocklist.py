"""The list of passwords that everybody tries first."""

import sys

_SHORTEST = 4


def load_common_passwords() -> frozenset[str]:
    """About 30,000 of the most common passwords, folded; the library's other word lists are let go of."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - ten megabytes that only this process needs

    common = frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"] if len(word) >= _SHORTEST)
    for name in [name for name in sys.modules if name.partition(".")[0] == "zxcvbn"]:
        del sys.modules[name]
    return common
