package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"usher/localtenant"
	"usher/test/testkit"
	"usher/test/testkit/lambda"
)

const (
	tenantName  = "tenant"
	vaultName   = "secret"
	onDemand    = "on-demand"
	provisioned = "provisioned-concurrency"
)

// request is what a function is asked.
type request struct {
	method, target, body string
	status               int
}

var requests = map[string]request{
	"getuser":    {"GET", "/users/auth0%7C65e19a100000000000000001", "", 200},
	"createuser": {"POST", "/users", `{"email":"new%d@example.com","password":"Plum-Tree-42"}`, 201},
}

// leastCost is bcrypt's: the tenant's own work is not measured.
const leastCost = 4

// world is all that the functions call.
type world struct {
	marks         *marks
	tenant, vault *server
	secrets       *lambda.Vault
	runtime       *lambda.Runtime
	env           map[string]string
	created       int
}

func newWorld(dir string) (*world, error) {
	w := &world{marks: &marks{at: map[string]time.Time{}}}
	tenant := &later{}
	w.tenant = serve(tenantName, w.marks, tenant)
	made, err := localtenant.New(localtenant.Options{BaseURL: w.tenant.URL, PasswordCost: leastCost})
	if err != nil {
		return nil, err
	}
	tenant.handler = made
	w.secrets = lambda.NewVault(lambda.Secret(strings.TrimPrefix(w.tenant.URL, "https://"), localtenant.ClientSecret))
	w.env = w.secrets.Env()
	plain, err := url.Parse(w.env["AWS_ENDPOINT_URL_SECRETS_MANAGER"])
	if err != nil {
		return nil, err
	}
	w.vault = serve(vaultName, w.marks, httputil.NewSingleHostReverseProxy(plain))
	roots, err := writeRoots(dir, w.tenant, w.vault)
	if err != nil {
		return nil, err
	}
	maps.Copy(w.env, map[string]string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": w.vault.URL, "SSL_CERT_FILE": roots,
		"REDIRECT_URIS": "https://app.example.com/callback", "METRICS_SERVICE": "cold",
	})
	w.runtime, err = lambda.NewRuntime()
	return w, err
}

// later is a handler that is made after its server, whose address it needs.
type later struct{ handler http.Handler }

func (l *later) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.handler.ServeHTTP(w, r) }

// writeRoots writes this machine's certificate authorities and the servers' certificates to a file.
func writeRoots(dir string, servers ...*server) (string, error) {
	var roots bytes.Buffer
	for _, file := range []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"} {
		if usual, err := os.ReadFile(file); err == nil {
			roots.Write(usual)
			break
		}
	}
	for _, s := range servers {
		if err := pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}); err != nil {
			return "", err
		}
	}
	file := filepath.Join(dir, "roots.pem")
	return file, os.WriteFile(file, roots.Bytes(), 0o600)
}

func (w *world) close() {
	_ = w.runtime.Close()
	w.secrets.Close()
	w.tenant.Close()
	w.vault.Close()
}

// start starts a binary and sends it two requests. On demand, the first request waits for the process.
func (w *world) start(ctx context.Context, binary, kind string, r request) (start, error) {
	env := maps.Clone(w.env)
	env["AWS_LAMBDA_INITIALIZATION_TYPE"] = kind
	w.marks.take()
	s := start{begun: time.Now()}
	p, err := w.runtime.Start(ctx, binary, env)
	if err != nil {
		return s, err
	}
	defer p.Stop()
	ready := make(chan error, 1)
	go func() {
		err := p.Ready(ctx)
		s.ready = time.Now()
		ready <- err
	}()
	if kind == provisioned {
		if err := <-ready; err != nil {
			return s, err
		}
		ready <- nil
	}
	s.sent = time.Now()
	if err := w.invoke(ctx, p, r); err != nil {
		return s, err
	}
	s.answered = time.Now()
	if err := <-ready; err != nil {
		return s, err
	}
	s.marks = w.marks.take()
	warm := time.Now()
	for range warmRequests {
		if err := w.invoke(ctx, p, r); err != nil {
			return s, err
		}
	}
	s.warm = time.Since(warm) / warmRequests
	return s, nil
}

// warmRequests is the number of requests whose mean is a start's warm time.
const warmRequests = 5

func (w *world) invoke(ctx context.Context, p *lambda.Process, r request) error {
	body := r.body
	if body != "" {
		w.created++
		body = fmt.Sprintf(body, w.created)
	}
	event, err := lambda.Event(r.method, r.target, http.Header{"Content-Type": {"application/json"}}, body)
	if err != nil {
		return err
	}
	answer, err := p.Invoke(ctx, event, testkit.Patience)
	if err != nil {
		return err
	}
	response, err := lambda.Answer(answer)
	if err == nil && response.StatusCode != r.status {
		err = fmt.Errorf("%d %s: %s", response.StatusCode, response.Body, p.Log())
	}
	return err
}
