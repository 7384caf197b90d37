"""What the functions have for S3: a front that ends TLS, as far as the emulator can tell, and that can fail.

The bucket's policy denies requests without TLS, and the emulator keeps to it.
"""

import http.client
import http.server
import threading


class Storage:
    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.storage = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.port = None  # of the emulator, once it runs
        self.fault = lambda method, key, done: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def during(self, fault):
        """Calls fault(method, key, done) for each request to an object, before it (done is False) and after it, and
        breaks the connection if that returns true."""
        return _During(self, fault)


class _During:
    def __init__(self, storage, fault):
        self.storage, self.fault = storage, fault

    def __enter__(self):
        self.before, self.storage.fault = self.storage.fault, self.fault

    def __exit__(self, *_):
        self.storage.fault = self.before


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        storage = self.server.storage
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self.path.split("?")[0].split("/", 2)[-1]  # behind the bucket's name
        if storage.fault(self.command, key, False):
            self.close_connection = True
            return
        connection = http.client.HTTPConnection("127.0.0.1", storage.port, timeout=600)
        try:
            connection.request(self.command, self.path, body, dict(self.headers.items()) | {"X-Forwarded-Proto": "https"})
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if storage.fault(self.command, key, True):
            self.close_connection = True
            return
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = forward

    def log_message(self, *_):
        pass
