package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a small Usher: a record with the address "bad" fails, and every job is pending once.
type fake struct {
	mu        sync.Mutex
	jobs      map[string][]string // lines by ID
	asked     map[string]int
	keys      map[string]string // IDs by Idempotency-Key
	confirmed map[string]bool
	busy      int // how many more starts are refused
	starts    []*http.Request
}

func newFake(t *testing.T) (*fake, string) {
	t.Helper()
	f := &fake{jobs: map[string][]string{}, asked: map[string]int{}, keys: map[string]string{}, confirmed: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /user-creations", f.start)
	mux.HandleFunc("POST /user-deletions", f.start)
	mux.HandleFunc("GET /jobs/{id}", f.get)
	mux.HandleFunc("GET /jobs/{id}/results", f.results)
	mux.HandleFunc("POST /jobs/{id}/confirmation", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.confirmed[r.PathValue("id")] = true
		f.mu.Unlock()
		f.get(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	before := pollEvery
	pollEvery = time.Millisecond
	t.Cleanup(func() { pollEvery = before })
	return f, server.URL
}

func (f *fake) start(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.starts = append(f.starts, r)
	if f.busy > 0 {
		f.busy--
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"status":429,"code":"too-many-jobs"}`)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if f.keys[key] == "" {
		id := fmt.Sprint(r.URL.Path[1:], "-", len(f.jobs))
		f.keys[key], f.jobs[id] = id, strings.Split(strings.TrimSpace(string(body)), "\n")
	}
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprintf(w, `{"id":%q,"status":"pending","pending":%d}`, f.keys[key], len(f.jobs[f.keys[key]]))
}

func (f *fake) get(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := r.PathValue("id")
	j := job{ID: id, Status: "running"}
	failed := strings.Count(strings.Join(f.jobs[id], "\n"), `"bad"`)
	switch f.asked[id]++; {
	case f.asked[id] == 1:
		j.Pending = len(f.jobs[id])
	case strings.HasPrefix(id, "user-deletions") && !f.confirmed[id]:
		j.Status, j.Failed, j.Planned = "planned", failed, len(f.jobs[id])-failed
	default:
		j.Status, j.Failed, j.Succeeded = "succeeded", failed, len(f.jobs[id])-failed
	}
	_ = json.NewEncoder(w).Encode(j)
}

func (f *fake) results(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []string
	for i, line := range f.jobs[r.PathValue("id")] {
		if strings.Contains(line, `"bad"`) && r.FormValue("status") == "failed" {
			found = append(found, fmt.Sprintf(`{"index":%d,"status":"failed","problem":{"code":"invalid-request","detail":"email: is wrong"}}`, i))
		}
	}
	from, _ := strconv.Atoi(r.FormValue("cursor")) // absent on the first page
	next := ""
	if from+1 < len(found) { // pages of one result
		next = fmt.Sprintf(`,"next":"%d"`, from+1)
	}
	fmt.Fprintf(w, `{"results":[%s]%s}`, found[from], next)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const users = "email,name,metadata.language,metadata.n:json,blocked\n" +
	"a@example.com,\"A, the first\",en,1,true\nbad,,,,\nb@example.com,B,,,false\nbad,C,,,\n"

func TestCSV(t *testing.T) {
	f, url := newFake(t)
	f.busy = 1
	path := write(t, "users.csv", users)
	var out bytes.Buffer
	args := []string{"-usher", url, "-kind", "user-creations", "-lines", "3", path}
	for range 2 { // the repeat continues with the same jobs
		if err := realMain(context.Background(), args, &out); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.jobs) != 2 {
		t.Errorf("%d jobs were started", len(f.jobs))
	}
	want := `{"blocked":true,"email":"a@example.com","metadata":{"language":"en","n":1},"name":"A, the first"}`
	found := false
	for _, lines := range f.jobs {
		found = found || lines[0] == want
	}
	if !found {
		t.Errorf("the jobs are %q", f.jobs)
	}
	failed := read(t, path+".failed")
	if failed != "email,name,metadata.language,metadata.n:json,blocked,problem\n"+
		"bad,,,,,failed: invalid-request: email: is wrong\nbad,C,,,,failed: invalid-request: email: is wrong\n" {
		t.Errorf("the failed lines: %s", failed)
	}
	if text := out.String(); !strings.Contains(text, "4 of 4 records, 2 of 2 jobs, 2 failed\n") || !strings.Contains(text, "2 records have not succeeded") {
		t.Errorf("it printed %s", text)
	}
	again, err := readInput(path + ".failed") // it can be corrected and sent again
	if err != nil || string(again.records[1]) != `{"email":"bad","name":"C"}` {
		t.Errorf("the failed lines as input: %s, %v", again.records, err)
	}
}

func TestJSON(t *testing.T) {
	_, url := newFake(t)
	path := write(t, "users.ndjson", "\ufeff{\"email\":\"a@example.com\"}\r\n\n{\"email\":\"bad\"}\n")
	if err := realMain(context.Background(), []string{"-usher", url, "-kind", "user-creations", "-failures", path + ".2", path}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if failed := read(t, path+".2"); failed != `{"email":"bad","problem":"failed: invalid-request: email: is wrong"}`+"\n" {
		t.Errorf("the failed lines: %s", failed)
	}
	in, err := readInput(path + ".2")
	if err != nil || string(in.records[0]) != `{"email":"bad"}` {
		t.Errorf("the failed lines as input: %s, %v", in.records, err)
	}
}

func TestDeletionsNeedTheirNumber(t *testing.T) {
	f, url := newFake(t)
	path := write(t, "users.ndjson", strings.Repeat("{\"email\":\"x\"}\n", 5))
	args := []string{"-usher", url, "-kind", "user-deletions", "-lines", "2"}
	for _, confirm := range []string{"0", "4"} {
		err := realMain(context.Background(), append(args, "-confirm", confirm, path), io.Discard)
		if err == nil || !strings.Contains(err.Error(), "-confirm ") || len(f.confirmed) > 0 {
			t.Errorf("with -confirm %s: %v, confirmed %v", confirm, err, f.confirmed)
		}
	}
	planned := 0
	for _, lines := range f.jobs {
		planned += len(lines)
	}
	if err := realMain(context.Background(), append(args, "-confirm", fmt.Sprint(planned), path), io.Discard); err != nil || len(f.confirmed) != len(f.jobs) {
		t.Errorf("%v, confirmed %v of %d", err, f.confirmed, len(f.jobs))
	}
}

func TestRefusals(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"status":403,"code":"forbidden","detail":"no"}`)
	}))
	defer server.Close()
	path := write(t, "users.ndjson", "{}\n")
	err := realMain(context.Background(), []string{"-usher", server.URL, "-kind", "user-creations", path}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), `403 "forbidden"`) {
		t.Errorf("the error is %v", err)
	}
	for _, args := range [][]string{{path}, {"-kind", "user-creations"}, {"-kind", "user-creations", "-lines", "10001", path}} {
		if err := realMain(context.Background(), args, io.Discard); err == nil {
			t.Errorf("%v has no error", args)
		}
	}
}

func TestSplit(t *testing.T) {
	long := bytes.Repeat([]byte("x"), maxBytes/2)
	parts := split([][]byte{[]byte("a"), []byte("b"), long, long, []byte("c")}, 2)
	var firsts []int
	for _, p := range parts {
		firsts = append(firsts, p.first)
		if p.lines > 2 || len(p.body) > maxBytes {
			t.Errorf("a part of %d lines and %d bytes", p.lines, len(p.body))
		}
	}
	if fmt.Sprint(firsts) != "[0 2 3]" {
		t.Errorf("the parts begin at %v", firsts)
	}
	if a, b := parts[0].key(options{kind: "x"}), parts[0].key(options{kind: "x", key: "again"}); a == b {
		t.Error("another -key makes the same Idempotency-Key")
	}
}

func TestBar(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, []job{{Pending: 2}})
	p.isBar = true
	p.set(0, job{ID: "x", Status: "running", Pending: 1, Succeeded: 1})
	p.end()
	if want := "\r[" + strings.Repeat("#", 15) + strings.Repeat(".", 15) + "] 1 of 2 records, 0 of 1 jobs\x1b[K\n"; out.String() != want {
		t.Errorf("it printed %q", out.String())
	}
}
