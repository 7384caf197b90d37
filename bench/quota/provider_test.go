//go:build !race

package quota

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"usher/localtenant"
)

// latency is the provider's time for each call.
const latency = 40 * time.Millisecond

// provider is the way to the tenant, without a network.
type provider struct {
	tenant *localtenant.Tenant
	mu     sync.Mutex
	calls  int // of the Management API
	over   int // of these, answered with 429
}

func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(latency)
	w := httptest.NewRecorder()
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	p.tenant.ServeHTTP(w, r)
	if strings.HasPrefix(r.URL.Path, "/api/v2/") {
		p.mu.Lock()
		p.calls++
		if w.Code == http.StatusTooManyRequests {
			p.over++
		}
		p.mu.Unlock()
	}
	resp := w.Result()
	body := w.Body.Bytes()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
