"""The few Linux calls that the standard library does not offer, each behind one small function."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_NAME = 15
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

# Loaded once at import: nothing may be loaded between fork and exec.
_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, first: int | bytes, second: int = 0) -> None:
    if _libc.prctl(option, first, second, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def end_with_parent(parent: int, number: signal.Signals) -> None:
    """Asks the kernel to send `number` to this process when the thread that forked it ends, however it ends.

    Call it in the child, after any change of user (which clears the request). `parent` is the pid that forked:
    when it is already gone the process ends at once, since its signal will never come.
    """
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def name_process(name: str) -> None:
    """Sets the name that `ps -o comm` and `top` show; the kernel keeps its first 15 bytes."""
    _prctl(_PR_SET_NAME, name.encode())


def held_capabilities() -> int:
    """The permitted capabilities of this process as a bit mask."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        line = next(line for line in status if line.startswith("CapPrm:"))
    return int(line.split()[1], 16)


def keep_capabilities_over_setuid() -> None:
    """Lets the permitted capabilities survive the next change of user, so that one of them can be kept."""
    _prctl(_PR_SET_KEEPCAPS, 1)


def keep_only(capability: int) -> None:
    """Drops every capability but this one, which also survives exec. Valid after a change of user."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc.capset(header, effective_permitted_inheritable) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"capset: {os.strerror(code)}")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)
