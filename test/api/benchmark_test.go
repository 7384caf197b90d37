package api

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/secrets"
	"usher/operations"
)

// BenchmarkListUsers tells what the service adds to a provider's answer with fifty
// users: go test -run '^$' -bench ListUsers ./test/api
func BenchmarkListUsers(b *testing.B) {
	page, err := os.ReadFile("../../internal/auth0/testdata/users-50.json")
	if err != nil {
		b.Fatal(err)
	}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/oauth/token" {
			_, _ = w.Write([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":86400}`))
			return
		}
		_, _ = w.Write(page)
	}))
	defer provider.Close()
	credentials, err := secrets.Credentials{Domain: provider.URL, ClientID: "c", ClientSecret: "s"}.Complete(false)
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	usher := boot.New(config.Config{Connection: "db", Binding: config.BindingCookie}, secrets.Static(credentials), log, time.Now)
	service := operations.Handler(usher, log)
	viaUs := func() {
		w := httptest.NewRecorder()
		service.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/users?limit=50", nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	direct := func() {
		resp, err := http.Get(provider.URL + "/api/v2/users")
		if err != nil {
			b.Fatal(err)
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	viaUs() // the token is there now
	var us, provided time.Duration
	for b.Loop() {
		begun := time.Now()
		direct()
		between := time.Now()
		viaUs()
		provided, us = provided+between.Sub(begun), us+time.Since(between)
	}
	b.ReportMetric((us-provided).Seconds()*1000/float64(b.N), "added-ms/op")
	b.ReportMetric(us.Seconds()/provided.Seconds(), "times-the-provider")
}
