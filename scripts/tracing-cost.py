#!/usr/bin/env python3
"""What tracing libraries cost a function: scripts/tracing-cost.py [RUNS]

Builds functions/getuser as it is, with OpenTelemetry's SDK and exporter, and with
the X-Ray SDK, each set up as its manual says, and prints their size and the time
from the start of the process to its first request for work, as ratios to the
function as it is. docs/adr/0009 quotes the result. Nothing in the tree is changed.
"""

import http.server
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]

OTEL = """package boot

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func init() {
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		panic(err)
	}
	found, _ := resource.New(context.Background(), resource.WithFromEnv(), resource.WithTelemetrySDK())
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(found)))
	otel.SetTextMapPropagator(propagation.TraceContext{})
}

// Traced is what calls the provider.
var Traced http.RoundTripper = otelhttp.NewTransport(http.DefaultTransport)
"""
XRAY = """package boot

import (
	"net/http"

	"github.com/aws/aws-xray-sdk-go/v2/xray"
)

func init() {
	if err := xray.Configure(xray.Config{LogLevel: "error"}); err != nil {
		panic(err)
	}
}

// Traced is what calls the provider.
var Traced http.RoundTripper = xray.RoundTripper(http.DefaultTransport)
"""
VARIANTS = {
    "as it is": (None, []),
    "OpenTelemetry": (
        OTEL,
        [
            "go.opentelemetry.io/otel@v1.46.0",
            "go.opentelemetry.io/otel/sdk@v1.46.0",
            "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp@v1.46.0",
            "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp@v0.71.0",
        ],
    ),
    "X-Ray SDK": (XRAY, ["github.com/aws/aws-xray-sdk-go/v2@v2.0.0"]),
}


def build(folder, name, source, modules):
    """The variant's binary: an overlay adds the source, and a copy of go.mod the modules."""
    own = folder / name.replace(" ", "-")
    own.mkdir()
    binary, flags = own / "bootstrap", []
    if source:
        for file in ("go.mod", "go.sum"):
            (own / file).write_bytes((ROOT / file).read_bytes())
        (own / "tracing.go").write_text(source)
        overlay = {"Replace": {str(ROOT / "internal/boot/zz_tracing.go"): str(own / "tracing.go")}}
        (own / "overlay.json").write_text(json.dumps(overlay))
        modfile = f"-modfile={own}/go.mod"
        subprocess.run(["go", "get", modfile, *modules], cwd=ROOT, check=True, capture_output=True)
        flags = [modfile, "-mod=mod", f"-overlay={own}/overlay.json"]
    subprocess.run(
        ["go", "build", "-tags=lambda.norpc", "-trimpath", "-ldflags=-s -w -buildid=", *flags, "-o", binary, "./functions/getuser"],
        cwd=ROOT, check=True, env=os.environ | {"CGO_ENABLED": "0"},
    )  # fmt: skip
    return binary


class Runtime(http.server.BaseHTTPRequestHandler):
    """Lambda's runtime API, as far as to notice that a function asks for work."""

    asked = threading.Event()

    def do_GET(self):
        Runtime.asked.set()
        time.sleep(5)  # the function is ended meanwhile

    def log_message(self, *_):
        pass


def start_up(binary, address):
    """Milliseconds from the start of the process to its first request for work."""
    Runtime.asked.clear()
    env = {
        "AWS_LAMBDA_RUNTIME_API": address, "SECRET_ID": "x", "REDIRECT_URIS": "https://app.example.com/",
        "AWS_LAMBDA_FUNCTION_NAME": "getuser", "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    }  # fmt: skip
    begun = time.perf_counter()
    process = subprocess.Popen([binary], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not Runtime.asked.wait(10):
            sys.exit(f"{binary} does not ask for work")
        return (time.perf_counter() - begun) * 1000
    finally:
        process.kill()
        process.wait()


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Runtime)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as folder:
        binaries = {name: build(pathlib.Path(folder), name, *v) for name, v in VARIANTS.items()}
        took = {name: [] for name in binaries}
        for _ in range(runs):  # by turns, so that what else the machine does hits all alike
            for name, binary in binaries.items():
                took[name].append(start_up(binary, address))
        size = {name: binary.stat().st_size for name, binary in binaries.items()}
    # The fastest runs are those that nothing else disturbed.
    quick = {name: statistics.mean(sorted(t)[: max(1, runs // 4)]) for name, t in took.items()}
    print(f"{'':15} {'size':>9} {'ratio':>6} {'start':>9} {'ratio':>6}")
    for name in binaries:
        print(
            f"{name:15} {size[name] / 1e6:6.2f} MB {size[name] / size['as it is']:6.2f}"
            f" {quick[name]:6.1f} ms {quick[name] / quick['as it is']:6.2f}"
        )


main()
