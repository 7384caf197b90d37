"""The worker of jobs as a process that the tests can kill."""

import contextlib
import os
import signal
import subprocess

from stack import FUNCTIONS


class Worker:
    def __init__(self, folder):
        self.folder = folder
        self.program = FUNCTIONS / "RunJob" / "bootstrap"

    @property
    def binary(self):
        """What is deployed: a script that notes its process, which then is the worker."""
        return f'#!/bin/sh\n: >"{self.folder}/$$"\nexec "{self.program}"\n'.encode()

    def kill(self):
        for note in self.folder.iterdir():
            note.unlink()
            # By now another process may have this number.
            command = subprocess.run(["ps", "-o", "args=", "-p", note.name], capture_output=True, text=True, check=False).stdout
            if command.startswith(str(self.program)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(note.name), signal.SIGKILL)
