package contract

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// noted is a test that keeps its failures to itself.
type noted struct {
	testing.TB
	mu       sync.Mutex
	failures []string
}

func (n *noted) Helper() {}

func (n *noted) Error(args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failures = append(n.failures, fmt.Sprint(args...))
}

// service answers as the contract wants, or with a body of the client's choice.
func service(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range aUserHeader() {
			w.Header()[name] = values
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method == http.MethodPost {
			w.Header().Set("Location", "/users/u")
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = fmt.Fprintf(w, `{"id":"u","name":%q,"blocked":false,"logins_count":0,"identities":[],"metadata":{},"app_metadata":{}}`, body)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestTransportLeavesTheExchangeAsItIs(t *testing.T) {
	server := service(t)
	client := http.Client{Transport: Load(t).Transport(t, nil)}
	response, err := client.Post(server.URL+"/users", "application/json", strings.NewReader(`{"username":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), `"name":"{\"username\":\"x\"}"`) {
		t.Errorf("the request's body did not come back: %s, %v", body, err)
	}
}

func TestTransportFailsTheTest(t *testing.T) {
	server := service(t)
	test := &noted{TB: t}
	client := http.Client{Transport: Load(t).Transport(test, nil)}
	response, err := client.Post(server.URL+"/users", "application/json", strings.NewReader(`{"surprise":1}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := strings.Join(test.failures, "\n"); !strings.Contains(got, "surprise") {
		t.Errorf("an undeclared member was not noted: %q", got)
	}
}

func TestTransportServesManyAtOnce(t *testing.T) {
	server := service(t)
	client := http.Client{Transport: Load(t).Transport(t, nil)}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			response, err := client.Get(server.URL + "/users/u%7C1")
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
		})
	}
	all.Wait()
}
