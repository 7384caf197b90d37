package usher_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"usher/cmd/internal/console/usher"
	"usher/test/testkit"
)

// answering starts a server that answers as told, and returns a client of it.
func answering(t *testing.T, h http.HandlerFunc) *usher.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return usher.New(server.URL+"/", testkit.Patience, nil)
}

func TestRequest(t *testing.T) {
	var got *http.Request
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Etag", `"1"`)
		fmt.Fprint(w, `{"id":"a b","unknown":1,"identities":[{"connection":"staff"}]}`)
	})
	user, etag, err := client.Get(t.Context(), "auth0|é,1", "a b/ü%|..")
	if err != nil || user.ID != "a b" || user.Connection() != "staff" || etag != `"1"` {
		t.Errorf("%+v %q %v", user, etag, err)
	}
	if path := got.URL.EscapedPath(); path != "/users/a%20b%2F%C3%BC%25%7C.." {
		t.Errorf("the path is %s", path)
	}
	if actor := got.Header.Get("X-Actor"); actor != "auth0%7C%C3%A9%2C1" {
		t.Errorf("the actor is %s", actor)
	}
	if _, err := client.List(t.Context(), "me", url.Values{"search": {"a b+c"}}); err != nil || got.URL.RawQuery != "search=a%20b%2Bc" {
		t.Errorf("the query is %s, %v", got.URL.RawQuery, err)
	}
	if _, err := client.Do(t.Context(), usher.Call{Method: "GET", Path: "/login"}); err != nil || len(got.Header["X-Actor"]) != 0 {
		t.Errorf("a call without an actor has %q, %v", got.Header["X-Actor"], err)
	}
}

func TestProblems(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		want   usher.Problem
	}{
		"a problem":       {404, `{"code":"user-not-found","request_id":"r1"}`, usher.Problem{Status: 404, Code: "user-not-found", RequestID: "r1"}},
		"another status":  {429, `{"status":200,"code":"throttled"}`, usher.Problem{Status: 429, Code: "throttled", RequestID: "header", RetryAfter: 7 * time.Second}},
		"a proxy's page":  {502, `<html>`, usher.Problem{Status: 502, Code: usher.NoProblem, RequestID: "header", RetryAfter: 7 * time.Second}},
		"nothing":         {503, ``, usher.Problem{Status: 503, Code: usher.NoProblem, RequestID: "header", RetryAfter: 7 * time.Second}},
		"moved":           {301, ``, usher.Problem{Status: 301, Code: usher.NoProblem, RequestID: "header"}},
		"unreadable":      {200, `{"id":`, usher.Problem{Status: 502, Code: usher.Unreadable, RequestID: "header"}},
		"of another form": {200, `[]`, usher.Problem{Status: 502, Code: usher.Unreadable, RequestID: "header"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Request-Id", "header")
				if tt.want.RetryAfter > 0 {
					w.Header().Set("Retry-After", "7")
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			})
			_, _, err := client.Get(t.Context(), "me", "x")
			got, ok := errors.AsType[*usher.Problem](err)
			if !ok {
				t.Fatalf("%v", err)
			}
			if got.Status != tt.want.Status || got.Code != tt.want.Code || got.RequestID != tt.want.RequestID || got.RetryAfter != tt.want.RetryAfter {
				t.Errorf("%+v", got)
			}
		})
	}
}

// A segment that a proxy would remove or resolve could turn one resource into another.
func TestPathsThatChange(t *testing.T) {
	called := false
	client := answering(t, func(http.ResponseWriter, *http.Request) { called = true })
	for _, segment := range []string{"", ".", ".."} {
		if _, err := client.Do(t.Context(), usher.Call{Method: "DELETE", Path: usher.Path("mfa", "x", "methods", segment)}); !usher.Is(err, "invalid-request") || called {
			t.Errorf("%q: %v", segment, err)
		}
	}
}

// Errors for the log contain no URL, whose query may hold a code or an address.
func TestErrorsHideURLs(t *testing.T) {
	client := usher.New("http://127.0.0.1:1", testkit.Patience, nil)
	_, err := client.List(t.Context(), "me", url.Values{"email": {"ada@example.com"}})
	if err == nil || strings.Contains(err.Error(), "ada") {
		t.Errorf("%v", err)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 9 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if _, err := client.Do(t.Context(), usher.Call{Method: "GET", Path: "/users"}); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("%v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(302)
	})
	if got, err := client.Do(t.Context(), usher.Call{Method: "GET", Path: "/login"}); err != nil || got.Status != 302 {
		t.Errorf("%d %v", got.Status, err)
	}
}

func TestSigned(t *testing.T) {
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { header = r.Header }))
	defer server.Close()
	pair := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret", SessionToken: "session"}, nil
	})
	client := usher.New(server.URL, testkit.Patience, usher.Signed(pair, "eu-central-1"))
	if _, err := client.Do(t.Context(), usher.Call{Method: "GET", Path: "/users", Actor: "me"}); err != nil {
		t.Fatal(err)
	}
	if got := header.Get("Authorization"); !strings.Contains(got, "/eu-central-1/execute-api/aws4_request") || !strings.Contains(got, "x-actor") || header.Get("X-Amz-Security-Token") != "session" {
		t.Errorf("signed with %s", got)
	}
}

// A token is used until shortly before it expires, and replaced after a 401.
func TestTokens(t *testing.T) {
	issued, refused := 0, ""
	clock := testkit.NewClock(time.Now())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			issued++
			if r.FormValue("client_secret") != "s" || r.FormValue("audience") != "a" || r.FormValue("grant_type") != "client_credentials" {
				t.Errorf("asked with %v", r.Form)
			}
			fmt.Fprintf(w, `{"access_token":"token%d","expires_in":3600}`, issued)
			return
		}
		if r.Header.Get("Authorization") == "Bearer "+refused {
			w.WriteHeader(401)
			return
		}
		fmt.Fprintf(w, "%q", r.Header.Get("Authorization"))
	}))
	defer server.Close()
	client := usher.New(server.URL, testkit.Patience, nil).WithTokens(usher.TokenSource{
		URL: server.URL + "/oauth/token", ClientID: "c", ClientSecret: "s", Audience: "a", Now: clock.Now,
	})
	call := func() string {
		t.Helper()
		got, err := client.Do(t.Context(), usher.Call{Method: "GET", Path: "/users"})
		if err != nil {
			t.Fatal(err)
		}
		return string(got.Body)
	}
	for step, want := range []string{`"Bearer token1"`, `"Bearer token1"`, `"Bearer token2"`, `"Bearer token3"`} {
		switch step {
		case 1:
			clock.Advance(58 * time.Minute)
		case 2:
			clock.Advance(time.Minute)
		case 3:
			refused = "token2"
		}
		if got := call(); got != want {
			t.Errorf("step %d: %s", step, got)
		}
	}
}

// While the issuer hangs, all requests wait for one token, and each only as long as its caller.
func TestTokensOfASlowIssuer(t *testing.T) {
	var asked atomic.Int32
	waiting, release := make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			asked.Add(1)
			waiting <- struct{}{}
			<-release
			fmt.Fprint(w, `{"access_token":"token","expires_in":3600}`)
			return
		}
		fmt.Fprintf(w, "%q", r.Header.Get("Authorization"))
	}))
	defer server.Close()
	client := usher.New(server.URL, testkit.Patience, nil).WithTokens(usher.TokenSource{URL: server.URL + "/oauth/token", Now: time.Now})
	call := func(ctx context.Context) (string, error) {
		got, err := client.Do(ctx, usher.Call{Method: "GET", Path: "/users"})
		return string(got.Body), err
	}
	first, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { _, err := call(first); left <- err }()
	<-waiting
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the first caller has left, and got %v", err)
	}
	answers := make(chan string, 3)
	for range cap(answers) {
		go func() {
			got, err := call(t.Context())
			answers <- fmt.Sprint(got, err)
		}()
	}
	close(release)
	for range cap(answers) {
		if got := <-answers; got != `"Bearer token"<nil>` {
			t.Errorf("a caller that waited got %s", got)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("%d tokens requested", asked.Load())
	}
}
