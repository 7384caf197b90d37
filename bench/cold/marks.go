package main

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// marks are the times of events of one start, by name.
type marks struct {
	mu sync.Mutex
	at map[string]time.Time
}

// note notes an event the first time that it happens.
func (m *marks) note(event string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, noted := m.at[event]; !noted {
		m.at[event] = time.Now()
	}
}

// take returns the events since the last call.
func (m *marks) take() map[string]time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.at
	m.at = map[string]time.Time{}
	return at
}

// server serves a handler behind TLS, each request after a delay. It notes when a client connects, and
// the begin and end of each request.
type server struct {
	*httptest.Server
	delay time.Duration
}

func serve(name string, m *marks, next http.Handler) *server {
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := name
		if name == tenantName {
			call = "api"
			if r.URL.Path == "/oauth/token" {
				call = "token"
			}
		}
		m.note(call + " begins")
		time.Sleep(s.delay)
		next.ServeHTTP(w, r)
		m.note(call + " ends")
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			m.note(name + " connects")
		}
	}
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	s.StartTLS()
	return s
}
