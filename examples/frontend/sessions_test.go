package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestSessionsEnd(t *testing.T) {
	now := time.Now()
	h, a, s := start(t, map[string]http.HandlerFunc{})
	a.sessions.now = func() time.Time { return now }
	request := func(cookie string) *http.Request {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", cookie)
		return r
	}
	idle := open(t, h, s)
	now = now.Add(maxIdle + time.Second)
	if _, ok := a.sessions.find(request(idle)); ok {
		t.Error("idle for half an hour")
	}
	busy := open(t, h, s)
	for range 20 {
		now = now.Add(maxIdle - time.Second)
		a.sessions.find(request(busy))
	}
	if _, ok := a.sessions.find(request(busy)); ok {
		t.Error("open for ten hours")
	}
	first := open(t, h, s)
	if second := open(t, h, s, first); second == first || len(a.sessions.byID) != 1 {
		t.Errorf("the name of a session is used again, or old ones stay: %d", len(a.sessions.byID))
	}
}
