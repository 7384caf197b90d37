"""Runs a client's program against a server that redirects to another: redirect.py COMMAND…

Fails if the other server gets a request, or the first one gets none that is signed.
"""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

signed, elsewhere = [], []


class Other(BaseHTTPRequestHandler):
    def do_POST(self):
        elsewhere.append(self.path)
        self.send_error(500)

    do_GET = do_POST


class First(BaseHTTPRequestHandler):
    def do_POST(self):
        if self.headers["X-Amz-Security-Token"] == os.environ["AWS_SESSION_TOKEN"]:
            signed.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(307)
        self.send_header("Location", f"http://127.0.0.1:{other.server_port}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST


other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
first = ThreadingHTTPServer(("127.0.0.1", 0), First)
for server in (other, first):
    threading.Thread(target=server.serve_forever, daemon=True).start()
program = subprocess.run(sys.argv[1:], env={**os.environ, "USHER_URL": f"http://127.0.0.1:{first.server_port}"}, timeout=60)
print(f"status {program.returncode}, {len(signed)} signed requests, {len(elsewhere)} to the other server")
sys.exit(program.returncode == 0 or not signed or bool(elsewhere))
