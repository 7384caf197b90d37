package target

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"usher/bench/internal/provider"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/secrets"
	"usher/operations"
)

// local is the local server: the handler of `make run`, served on loopback.
type local struct {
	server  *httptest.Server
	client  *http.Client
	request Request
}

// NewLocal starts the local server with an operation's request.
func NewLocal(ctx context.Context, p *provider.Provider, op Operation) (Target, error) {
	credentials, err := secrets.Parse(p.Secret(), false)
	if err != nil {
		return nil, err
	}
	cfg := config.Config{
		Connection: config.DefaultConnection, RedirectURIs: []string{RedirectURI},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie,
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	server := httptest.NewServer(operations.Handler(boot.New(cfg, secrets.Static(credentials), log, time.Now), log))
	client := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: Workers, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	l := &local{server: server, client: client}
	l.request, err = op.Prepared(ctx, p, func(ctx context.Context) (Answer, error) { return l.send(ctx, loginRequest) })
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func (l *local) Do(ctx context.Context, _ int) (Answer, error) { return l.send(ctx, l.request) }

func (l *local) send(ctx context.Context, request Request) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, request.Method, l.server.URL+request.Target, strings.NewReader(request.Body))
	if err != nil {
		return Answer{}, fmt.Errorf("call the local server: %w", err)
	}
	for name, values := range request.Header {
		r.Header[name] = values
	}
	return send(l.client, r)
}

func (l *local) Close() { l.client.CloseIdleConnections(); l.server.Close() }
