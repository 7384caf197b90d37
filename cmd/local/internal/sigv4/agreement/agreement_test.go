//go:build sigv4

package sigv4

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"usher/cmd/local/internal/sigv4"
)

const host = "usher.example"

// message is a request. Tests change some messages after signing.
type message struct {
	Method string            `json:"method"`
	Target string            `json:"-"` // path and query, as sent
	URL    string            `json:"url"`
	Body   string            `json:"body"`
	Header map[string]string `json:"header"`
}

// send writes the message unchanged, which an HTTP client would not.
func (m message) send(t *testing.T, addr string) int {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n", m.Method, m.Target, m.Header["Host"], len(m.Body))
	for name, value := range m.Header {
		if name != "Host" && name != "Content-Length" {
			fmt.Fprintf(&text, "%s: %s\r\n", name, value)
		}
	}
	text.WriteString("\r\n" + m.Body)
	if _, err := conn.Write(text.Bytes()); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// byGo signs with AWS's signer for Go.
func byGo(t *testing.T, m message) message {
	t.Helper()
	r := httptest.NewRequest(m.Method, m.URL, nil)
	r.ContentLength = int64(len(m.Body))
	for name, value := range m.Header {
		r.Header.Set(name, value)
	}
	sum := sha256.Sum256([]byte(m.Body))
	if err := v4.NewSigner().SignHTTP(t.Context(), role, r, hex.EncodeToString(sum[:]), "execute-api", region, time.Now()); err != nil {
		t.Fatal(err)
	}
	m.Header = map[string]string{"Host": host}
	for name := range r.Header {
		m.Header[name] = r.Header.Get(name)
	}
	return m
}

// startBotocore starts AWS's signer for Python.
func startBotocore(t *testing.T) func(*testing.T, message) message {
	t.Helper()
	cmd := exec.Command(python(t), "sign.py")
	cmd.Env, cmd.Stderr = environment(role), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // ends the process
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	asks, answers := json.NewEncoder(in), json.NewDecoder(out)
	return func(t *testing.T, m message) message {
		t.Helper()
		if err := asks.Encode(m); err != nil {
			t.Fatal(err)
		}
		m.Header = nil
		if err := answers.Decode(&m.Header); err != nil {
			t.Fatal(err)
		}
		m.Header["Host"] = host
		return m
	}
}

func TestAgreement(t *testing.T) {
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier := sigv4.Verifier{Credentials: role, Region: region, Now: time.Now}
		if verifier.Verify(r) != nil {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	t.Cleanup(ours.Close)
	nothing := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(nothing.Close)
	theirs := startGateway(t, strings.TrimPrefix(nothing.URL, "http://"), role)

	signers := map[string]func(*testing.T, message) message{"go": byGo, "botocore": startBotocore(t)}
	for name, tt := range table {
		for signer, sign := range signers {
			t.Run(name+" by "+signer, func(t *testing.T) {
				m := tt.message
				m.URL = "http://" + host + m.Target
				m = sign(t, m)
				if tt.change != nil {
					tt.change(&m)
				}
				want := http.StatusForbidden
				if tt.passes {
					want = http.StatusOK
				}
				got := []int{m.send(t, strings.TrimPrefix(ours.URL, "http://")), m.send(t, theirs)}
				if !slices.Equal(got, []int{want, want}) {
					t.Errorf("ours and botocore's respond %d, want %d: %+v", got, want, m)
				}
			})
		}
	}
}

type agreed struct {
	message
	change func(*message)
	passes bool
}

func passing(method, target, body string, header map[string]string) agreed {
	return agreed{message: message{Method: method, Target: target, Body: body, Header: header}, passes: true}
}

// changed returns a request that is changed after signing.
func changed(change func(*message)) agreed {
	const body = `{"email":"a@example.com"}`
	return agreed{message: message{Method: "POST", Target: "/users/auth0%7C1?a=1&b=2", Body: body, Header: map[string]string{"Content-Type": "application/json"}}, change: change}
}

var table = map[string]agreed{
	"plain":               passing("GET", "/users", "", nil),
	"the root":            passing("GET", "/", "", nil),
	"a stage":             passing("GET", "/live/users/auth0%7C1", "", nil),
	"an escaped bar":      passing("GET", "/users/auth0%7C1", "", nil),
	"an escaped slash":    passing("GET", "/users/a%2Fb", "", nil),
	"an escaped percent":  passing("DELETE", "/users/a%252Fb%25", "", nil),
	"escaped marks":       passing("GET", "/users/%21%27%28%29%2A%20%3B%3D%40%26%2B%24%2C", "", nil),
	"unescaped marks":     passing("GET", "/users/a-b_c.d~e", "", nil),
	"not ASCII":           passing("GET", "/users/%C3%A9%F0%9F%90%BF", "", nil),
	"small hexadecimals":  passing("GET", "/users/auth0%7c1", "", nil),
	"a query":             passing("GET", "/users?email=ada%40example.com&limit=1", "", nil),
	"an unsorted query":   passing("GET", "/users?sort=-created_at&limit=1&email=a%2Bb%40c.d", "", nil),
	"a name twice":        passing("GET", "/users?a=b&a=%2F&a=-", "", nil),
	"a name and no value": passing("GET", "/users?b=&a", "", nil),
	"a body":              passing("POST", "/users", `{"email":"é@example.com"}`, map[string]string{"Content-Type": "application/json"}),
	"cookies":             passing("GET", "/callback?code=a&state=b.c", "", map[string]string{"Cookie": "usher-a=b; usher-c=d"}),
	"spaces in a header":  passing("PATCH", "/users/x", "{}", map[string]string{"If-Match": `"a",   "b"`}),

	"unsigned":        changed(func(m *message) { delete(m.Header, "Authorization") }),
	"another method":  changed(func(m *message) { m.Method = "PUT" }),
	"another id":      changed(func(m *message) { m.Target = "/users/auth0%7C2?a=1&b=2" }),
	"unescaped":       changed(func(m *message) { m.Target = "/users/auth0|1?a=1&b=2" }),
	"escaped twice":   changed(func(m *message) { m.Target = "/users/auth0%257C1?a=1&b=2" }),
	"another query":   changed(func(m *message) { m.Target = "/users/auth0%7C1?a=1&b=3" }),
	"a longer query":  changed(func(m *message) { m.Target += "&c=3" }),
	"another body":    changed(func(m *message) { m.Body = strings.Replace(m.Body, "a@", "b@", 1) }),
	"no body":         changed(func(m *message) { m.Body = "" }),
	"another host":    changed(func(m *message) { m.Header["Host"] = "other.example" }),
	"another type":    changed(func(m *message) { m.Header["Content-Type"] = "application/merge-patch+json" }),
	"another token":   changed(func(m *message) { m.Header["X-Amz-Security-Token"] += "x" }),
	"no token":        changed(func(m *message) { delete(m.Header, "X-Amz-Security-Token") }),
	"an old date":     changed(func(m *message) { m.Header["X-Amz-Date"] = "20200101T000000Z" }),
	"an x-amz header": changed(func(m *message) { m.Header["X-Amz-Meta-A"] = "b" }),
	"a false hash":    changed(func(m *message) { m.Header["X-Amz-Content-Sha256"] = strings.Repeat("0", 64) }),
	"another region": changed(func(m *message) {
		m.Header["Authorization"] = strings.Replace(m.Header["Authorization"], region, "us-east-1", 1)
	}),
	"the host unsigned": changed(func(m *message) {
		m.Header["Authorization"] = strings.Replace(m.Header["Authorization"], "host;", "", 1)
	}),
}
