package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// auditLine serves a request and returns its audit line; nil for none.
func auditLine(t *testing.T, change string, h handler, r *http.Request) map[string]any {
	t.Helper()
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: httpapi.LevelAudit, ReplaceAttr: httpapi.LevelName}))
	noting := handler(func(w http.ResponseWriter, r *http.Request) error {
		httpapi.NoteChange(r.Context(), change)
		httpapi.NoteCaller(r.Context(), httpapi.Caller{Account: "123", ID: "role/shop"})
		return h(w, r)
	})
	httpapi.Serve(noting, httpapi.ServeOptions{Log: log, Deadline: time.Hour}).ServeHTTP(httptest.NewRecorder(), r)
	if out.Len() == 0 {
		return nil
	}
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%s: %v", out.Bytes(), err)
	}
	delete(line, "time")
	return line
}

func TestAuditLine(t *testing.T) {
	outcomes := map[string]struct {
		err     error
		outcome string
		problem any
	}{
		"done":    {nil, "done", nil},
		"refused": {problem.UserNotFound.New("x"), "refused", "user-not-found"},
		"failed":  {errors.New("x"), "failed", "internal"},
		"partly":  {problem.PartlyUpdated.New("x"), "partly", "partly-updated"},
	}
	for name, tt := range outcomes {
		t.Run(name, func(t *testing.T) {
			h := func(w http.ResponseWriter, r *http.Request) error {
				httpapi.Concerns(r.Context(), "db|1")
				if tt.err != nil {
					return tt.err
				}
				return httpapi.NoContent(w, nil)
			}
			r := httptest.NewRequest("PUT", "/blocks/db%7C1", nil)
			r.Header.Set("X-Request-Id", "r-1")
			want := map[string]any{
				"level": "AUDIT", "msg": "audit", "request_id": "r-1", "correlation_id": "r-1", "change": "user.block",
				"user": "db|1", "caller": "role/shop", "account": "123", "outcome": tt.outcome,
			}
			if tt.problem != nil {
				want["problem"] = tt.problem
			}
			if diff := cmp.Diff(want, auditLine(t, "user.block", h, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The hashes come from: printf %s "$id" | sha256sum | cut -c 1-16
func TestAuditLineShowsKnownIDsOnly(t *testing.T) {
	for id, want := range map[string]string{
		"auth0|65e19a100000000000000001":                       "auth0|65e19a100000000000000001",
		"samlp|acme|bob@secret-mail.com":                       "samlp|acme|sha256:645f8aa4013c9cf9",
		"ada@secret-mail.com":                                  "sha256:4a19953d088df5c4",
		"|ada@secret-mail.com":                                 "|sha256:f67af9033b13593b",
		"oidc|x@secret-mail.com|ada@example.com|1":             "sha256:32c37fba5f718b12",
		"ada@secret-mail.com|":                                 "sha256:a6d42f1c3a003a8f",
		"github|1024025":                                       "github|1024025",
		"google-oauth2|117263547283746582937":                  "google-oauth2|117263547283746582937",
		"apple|001473.b8e9f0a1b2c3d4e5f60718293a4b5c6d.1234":   "apple|001473.b8e9f0a1b2c3d4e5f60718293a4b5c6d.1234",
		"facebook|102938475612345":                             "facebook|102938475612345",
		"email|65e19a100000000000000001":                       "email|65e19a100000000000000001",
		"samlp|acme|bob":                                       "samlp|acme|bob",
		"oidc|Acme-1|jane.doe":                                 "oidc|Acme-1|jane.doe",
		"sms|+4915112345678":                                   "sms|sha256:b70fb8e5d1e8868e",
		"sms|4915112345678":                                    "sms|sha256:f65266c0ee7b0034",
		"auth0|4915112345678":                                  "auth0|sha256:993cea00bdd5ff6b",
		"auth0|+4915112345678":                                 "auth0|sha256:720bda3b4f9491ca",
		"samlp|acme|49-151-1234567":                            "samlp|acme|sha256:2285e52da6a86193",
		"+4915112345678":                                       "sha256:536afd523e19dc83",
		"+4915112345678|1":                                     "sha256:d42d108475990b0e",
		"email|ada@secret-mail.com":                            "email|sha256:ec5aaec1f4682b65",
		"auth0|Ada Lovelace":                                   "auth0|sha256:ecef5209627cca6e",
		"auth0|ada%40secret-mail.com":                          "auth0|sha256:8d36d6cd365dec63",
		"v1.MRrTcJ3kQ0nH7dXw2yZ9sLpVbFgAuE5iN8oC6mK4tBq":       "sha256:1d76ce88bb25368d",
		"auth0|v1.MRrTcJ3kQ0nH7dXw2yZ9sLpVbFgAuE5iN8oC6mK4tBq": "auth0|sha256:7f141318f3304d3d",
		"v1.token|x":                                           "sha256:5b2edd236dc6b73f",
		"eyJhbGciOiJSUzI1NiJ9.e30.c2ln":                        "sha256:cc529d9b1b8a8336",
		"waad|kqzdFVrSaSaFHy782bbtaQAAAAAAAAAAAAAAAAAA":        "waad|sha256:53dfd4c483a4acf6",
		"ada":              "sha256:fdee430d40bd57de",
		"|bob":             "|sha256:a04f6d14217f9689",
		"auth0|":           "auth0|sha256:42332aaaca40ebaf",
		"Auth0|bob":        "sha256:91da4f8f34016485",
		"a|b|c|d":          "sha256:b54856b7a8705958",
		"samlp|+49151|bob": "sha256:eabebf35f3eed761",
		"auth0|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": "auth0|sha256:84debefd275f0bd1",
		"auth0|jos\u00e9": "auth0|sha256:c358ef134e0cd1c1",
	} {
		h := func(w http.ResponseWriter, r *http.Request) error {
			httpapi.Concerns(r.Context(), id)
			return httpapi.NoContent(w, nil)
		}
		if got := auditLine(t, "user.delete", h, httptest.NewRequest("DELETE", "/users/x", nil))["user"]; got != want {
			t.Errorf("%s is logged as %v", id, got)
		}
	}
}

func TestAuditLineNamesASecondAccount(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) error {
		httpapi.Concerns(r.Context(), "db|1")
		httpapi.ConcernsOther(r.Context(), r.Header.Get("Other"))
		return httpapi.NoContent(w, nil)
	}
	for other, want := range map[string]any{"": nil, "github|1024025": "github|1024025", "sms|+4915112345678": "sms|sha256:b70fb8e5d1e8868e"} {
		r := httptest.NewRequest("POST", "/identities/db%7C1", nil)
		r.Header.Set("Other", other)
		if line := auditLine(t, "identity.link", h, r); line["other_user"] != want || line["user"] != "db|1" {
			t.Errorf("%q: %v", other, line)
		}
	}
}

func TestNoAuditLineForAReader(t *testing.T) {
	h := func(w http.ResponseWriter, _ *http.Request) error { return httpapi.NoContent(w, nil) }
	if line := auditLine(t, "", h, httptest.NewRequest("GET", "/x", nil)); line != nil {
		t.Errorf("%v", line)
	}
}

func TestCorrelationID(t *testing.T) {
	for id, want := range map[string]string{
		strings.Repeat("a", 64): strings.Repeat("a", 64),
		strings.Repeat("a", 65): "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
	} {
		h := func(w http.ResponseWriter, _ *http.Request) error { return httpapi.NoContent(w, nil) }
		r := httptest.NewRequest("PUT", "/x", nil)
		r.Header.Set("X-Request-Id", id)
		if got := auditLine(t, "x", h, r)["correlation_id"]; got != want {
			t.Errorf("%d characters: %v", len(id), got)
		}
	}
}
