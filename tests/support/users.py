"""Be an ordinary user for a while."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NOBODY = 65534
"""the user and group that own nothing"""

# From linux/capability.h, linux/prctl.h and linux/securebits.h.
_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_PR_GET_SECUREBITS, _PR_SET_SECUREBITS = 27, 28
_SECBIT_NOROOT, _SECBIT_NO_SETUID_FIXUP = 1, 4


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Let root obey the permissions of files, and the programs that it starts, too.

    It keeps its user id, so that Python goes on finding its modules in root's folders.
    """
    if os.name == "nt" or os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root can't be an ordinary user on this system: run this as one")
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = _Header(_VERSION_3, 0), (_Data * 2)()
    _checked(libc.capget(ctypes.byref(header), data))
    all_of_them = data[0].effective
    bits = _checked(libc.prctl(_PR_GET_SECUREBITS, 0, 0, 0, 0))
    # Otherwise the programs that root starts have all capabilities again, and so has access(2).
    fewer = bits | _SECBIT_NOROOT | _SECBIT_NO_SETUID_FIXUP
    _checked(libc.prctl(_PR_SET_SECUREBITS, fewer, 0, 0, 0))
    data[0].effective = all_of_them & ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
    _checked(libc.capset(ctypes.byref(header), data))
    try:
        yield
    finally:
        data[0].effective = all_of_them
        _checked(libc.capset(ctypes.byref(header), data))
        _checked(libc.prctl(_PR_SET_SECUREBITS, bits, 0, 0, 0))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
