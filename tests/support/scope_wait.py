"""Waiting for processes to come and go."""

import subprocess
import time


def wait_for(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def sleepers(mark):
    """The processes "sleep MARK"."""
    found = subprocess.run(['pgrep', '-x', '-f', f'sleep {mark}'],
                           capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]
