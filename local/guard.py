"""Runs a command for as long as its own standard input stays open, so that a killed parent leaves no server behind.
Run as a file, with the command as arguments; standard library only. Works the same on Linux and macOS."""

import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Starts `command`, ends it with SIGTERM at end of input or on SIGTERM, and returns its exit code."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())

    def end_with_parent() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        child.terminate()

    threading.Thread(target=end_with_parent, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
