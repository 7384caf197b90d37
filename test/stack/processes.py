"""The processes that the tests start: on loopback, and ended with the tests."""

import random
import socket
import subprocess
import time


def free_port():
    """A port below those that the system gives to outgoing connections, which might take it before the process listens."""
    for _ in range(100):
        port = random.randrange(20_000, 30_000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port from 20000 to 29999")


class Process:
    """A process that writes to a log file, in the process group of the tests."""

    def __init__(self, command, environment, log):
        self.log = log
        with log.open("wb") as out:
            self.running = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def wait_until(self, ready, seconds=600):
        """Returns what ready returns as soon as that is true."""
        deadline = time.monotonic() + seconds
        while not (found := ready()):
            assert self.running.poll() is None, f"{self.log.name}: the process ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"{self.log.name}: not ready after {seconds} s:\n{self.log.read_text()}"
            time.sleep(0.05)
        return found

    def stop(self):
        self.running.terminate()
        try:
            self.running.wait(300)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
