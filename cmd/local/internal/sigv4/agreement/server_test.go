//go:build sigv4

// Package sigv4 tests signed calls with two verifiers: botocore's and cmd/local/internal/sigv4.
// Both must agree. It also runs the examples in examples/sigv4 against both. A missing tool
// fails the tests.
package sigv4

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"usher/cmd/local/internal/sigv4"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/operations"
	"usher/test/testkit"
	"usher/test/testkit/credentials"
)

const region = "eu-central-1"

// role is the key pair of a role, with a session token.
var role = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: "IQoJb3JpZ2luX2VjE+/="}

// environment returns only the variables that AWS sets for a process.
func environment(credentials aws.Credentials) []string {
	clean := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "AWS_") })
	return append(clean,
		"AWS_ACCESS_KEY_ID="+credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN="+credentials.SessionToken,
		"AWS_REGION="+region,
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
	)
}

// python returns an interpreter with botocore.
func python(t *testing.T) string {
	t.Helper()
	name := cmp.Or(os.Getenv("PYTHON"), "python3")
	if out, err := exec.Command(name, "-c", "import botocore").CombinedOutput(); err != nil {
		t.Fatalf("%s has no botocore; set PYTHON to an interpreter that has it: %v\n%s", name, err, out)
	}
	return name
}

// startService serves every operation with a local tenant, without authentication. It returns
// its host and port.
func startService(t *testing.T) string {
	t.Helper()
	tenant := tenanttest.Start(t)
	cfg := config.Config{
		Connection:   localtenant.Connection,
		RedirectURIs: []string{"http://127.0.0.1:3000/callback"},
		Scopes:       strings.Fields(config.DefaultScopes),
		Binding:      config.BindingCookie,
		Deadline:     testkit.Patience,
	}
	log := slog.New(slog.DiscardHandler)
	server := httptest.NewServer(operations.Handler(boot.New(cfg, credentials.Of(t, tenant.URL), log, time.Now), log))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// startVerifier starts the local server's verifier in front of a service. It returns its host
// and port.
func startVerifier(t *testing.T, service string, credentials aws.Credentials) string {
	t.Helper()
	verifier := sigv4.Verifier{Credentials: credentials, Region: region, Now: time.Now}
	pass := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: service})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if verifier.Verify(r) != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// startGateway starts botocore's verifier in front of a service. It returns its host and port.
func startGateway(t *testing.T, service string, credentials aws.Credentials) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, python(t), "server.py", service, region)
	cmd.Env, cmd.Stderr = environment(credentials), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		err := cmd.Wait()
		if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
			t.Error(err)
		}
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("server.py printed no port: %v", err)
	}
	return net.JoinHostPort("127.0.0.1", strings.TrimSpace(port))
}
