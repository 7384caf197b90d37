package provider

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// serve answers a call. Unlike the local tenant it checks nothing but what chooses the answer.
func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	p.counts.calls.Add(1)
	p.note(r, body)
	if d := time.Duration(p.delay.Load()); d > 0 {
		time.Sleep(d)
	}
	status, answer := p.Answer(r, body)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(answer)))
	h.Set("X-RateLimit-Limit", "50")
	h.Set("X-RateLimit-Remaining", "49")
	h.Set("X-RateLimit-Reset", "1764200000")
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

// Answer returns the status and the body for a call.
func (p *Provider) Answer(r *http.Request, body []byte) (int, []byte) {
	switch path := r.URL.Path; {
	case path == "/oauth/token":
		return p.token(body)
	case path == "/.well-known/jwks.json":
		return http.StatusOK, p.keySet()
	case path == "/api/v2/users-by-email":
		return http.StatusOK, p.pages["by-email"]
	case path == "/api/v2/users" && r.Method == http.MethodPost:
		return http.StatusCreated, p.pages["user"]
	case path == "/api/v2/users" && strings.Contains(r.URL.Query().Get("q"), "email:"):
		return http.StatusOK, p.pages["search"]
	case path == "/api/v2/users":
		return http.StatusOK, p.pages[r.URL.Query().Get("per_page")]
	case r.Method == http.MethodDelete:
		return http.StatusNoContent, nil
	default:
		return http.StatusOK, p.pages["user"]
	}
}

func (p *Provider) token(body []byte) (int, []byte) {
	form, _ := url.ParseQuery(string(body))
	if form.Get("grant_type") != "authorization_code" {
		p.counts.tokens.Add(1)
		return http.StatusOK, []byte(`{"access_token":"` + ManagementToken + `","token_type":"Bearer","expires_in":86400}`)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if answer, known := p.grants[form.Get("code")]; known {
		return http.StatusOK, answer
	}
	return http.StatusForbidden, []byte(`{"error":"invalid_grant"}`)
}

func (p *Provider) note(r *http.Request, body []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.record {
		return
	}
	call := Call{Method: r.Method, URL: p.URL() + r.URL.RequestURI(), Header: map[string]string{}, Body: string(body)}
	for _, name := range sentAgain {
		if value := r.Header.Get(name); value != "" {
			call.Header[name] = value
		}
	}
	p.recorded = append(p.recorded, call)
}
