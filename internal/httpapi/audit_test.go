package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
)

// auditLine serves one request and returns its audit line, nil for none.
func auditLine(t *testing.T, op Operation, r *http.Request) map[string]any {
	t.Helper()
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: LevelAudit, ReplaceAttr: LevelName}))
	Serve(Mux(op), ServeOptions{Log: log, Deadline: time.Second}).ServeHTTP(httptest.NewRecorder(), r)
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
			op := Operation{Routes: []string{"PUT /blocks/{user_id}"}, Change: "user.block", Handler: func(w http.ResponseWriter, r *http.Request) error {
				if _, err := UserID(r, "user_id"); err != nil {
					return err
				}
				if tt.err != nil {
					return tt.err
				}
				return NoContent(w)
			}}
			r := httptest.NewRequest("PUT", "/blocks/db%7C1", nil)
			r.Header.Set("X-Request-Id", "r-1")
			r = r.WithContext(WithCaller(r.Context(), Caller{Account: "123", ID: "role/shop"}))
			want := map[string]any{
				"level": "AUDIT", "msg": "audit", "request_id": "r-1", "correlation_id": "r-1", "change": "user.block",
				"user": "db|1", "caller": "role/shop", "account": "123", "outcome": tt.outcome,
			}
			if tt.problem != nil {
				want["problem"] = tt.problem
			}
			if diff := cmp.Diff(want, auditLine(t, op, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The hashes are those of: printf %s "$id" | sha256sum | cut -c 1-16
func TestAuditLineHoldsNoAddress(t *testing.T) {
	for id, want := range map[string]string{
		"auth0|65e19a100000000000000001":           "auth0|65e19a100000000000000001",
		"samlp|acme|bob":                           "samlp|acme|bob",
		"samlp|acme|bob@secret-mail.com":           "samlp|acme|sha256:645f8aa4013c9cf9",
		"ada@secret-mail.com":                      "sha256:4a19953d088df5c4",
		"|ada@secret-mail.com":                     "|sha256:f67af9033b13593b",
		"oidc|x@secret-mail.com|ada@example.com|1": "sha256:32c37fba5f718b12",
		"ada@secret-mail.com|":                     "sha256:a6d42f1c3a003a8f",
	} {
		op := Operation{Routes: []string{"DELETE /users/{id}"}, Change: "user.delete", Handler: func(w http.ResponseWriter, r *http.Request) error {
			if _, err := UserID(r, "id"); err != nil {
				return err
			}
			return NoContent(w)
		}}
		r := httptest.NewRequest("DELETE", "/users/"+url.PathEscape(id), nil)
		if got := auditLine(t, op, r)["user"]; got != want {
			t.Errorf("%s is logged as %v", id, got)
		}
	}
}

func TestNoAuditLineForAReader(t *testing.T) {
	op := Operation{Routes: []string{"GET /x"}, Handler: func(w http.ResponseWriter, _ *http.Request) error { return NoContent(w) }}
	if line := auditLine(t, op, httptest.NewRequest("GET", "/x", nil)); line != nil {
		t.Errorf("%v", line)
	}
}

func TestCorrelationID(t *testing.T) {
	for id, want := range map[string]string{
		strings.Repeat("a", 64): strings.Repeat("a", 64),
		strings.Repeat("a", 65): "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
	} {
		op := Operation{Routes: []string{"PUT /x"}, Change: "x", Handler: func(w http.ResponseWriter, _ *http.Request) error { return NoContent(w) }}
		r := httptest.NewRequest("PUT", "/x", nil)
		r.Header.Set("X-Request-Id", id)
		if got := auditLine(t, op, r)["correlation_id"]; got != want {
			t.Errorf("%d characters became %v", len(id), got)
		}
	}
}
