//go:build sigv4

package sigv4

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// examples are the commands of examples/sigv4, which take an address to create
// a user with.
func examples(t *testing.T) map[string][]string {
	t.Helper()
	goExample := filepath.Join(t.TempDir(), "example")
	if out, err := exec.Command("go", "build", "-o", goExample, "usher/examples/sigv4/go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	folder := filepath.Join("..", "..", "examples", "sigv4")
	return map[string][]string{
		"go":     {goExample},
		"node":   {"node", filepath.Join(folder, "node", "usher.mjs")}, // after `npm ci`, which scripts/setup.sh does
		"python": {python(t), filepath.Join(folder, "python", "usher.py")},
		"curl":   {"bash", filepath.Join(folder, "curl", "usher.sh")},
	}
}

// run runs an example against the gateway at addr.
func run(t *testing.T, command []string, addr, email string, credentials aws.Credentials) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], email)...)
	cmd.Env = append(environment(credentials), "USHER_URL=http://"+addr)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestExamples(t *testing.T) {
	user := role // an IAM user's key, which has no session token
	user.SessionToken = ""
	service := startService(t)
	commands := examples(t)
	for kind, credentials := range map[string]aws.Credentials{"role": role, "user": user} {
		gateway := startGateway(t, service, credentials)
		for name, command := range commands {
			t.Run(name+" as a "+kind, func(t *testing.T) {
				email := name + "-" + kind + "@example.com"
				printed, err := run(t, command, gateway, email, credentials)
				if err != nil {
					t.Fatalf("%v\n%s", err, printed)
				}
				want := []string{"ada@example.com", "grace@example.com", email}
				if name == "curl" {
					want = []string{"ada@example.com", email} // it cannot get one by id
				}
				for _, address := range want {
					if !strings.Contains(printed, address) {
						t.Errorf("it printed no %s:\n%s", address, printed)
					}
				}
			})
		}
	}
}

// The examples prove nothing unless the verifier refuses.
func TestExamplesWithAWrongKey(t *testing.T) {
	gateway := startGateway(t, startService(t), role)
	wrong := role
	wrong.SecretAccessKey += "x"
	for name, command := range examples(t) {
		printed, err := run(t, command, gateway, "nobody@example.com", wrong)
		if err == nil || !strings.Contains(printed, "403") && !strings.Contains(printed, "another signature") {
			t.Errorf("%s: %v\n%s", name, err, printed)
		}
	}
}

// What is signed for one host, and the session token, are for that host alone.
func TestExamplesFollowNoRedirect(t *testing.T) {
	for name, command := range examples(t) {
		t.Run(name, func(t *testing.T) {
			var asked, elsewhere atomic.Int32
			other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
			t.Cleanup(other.Close)
			first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Amz-Security-Token") == role.SessionToken {
					asked.Add(1)
				}
				http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
			}))
			t.Cleanup(first.Close)
			printed, _ := run(t, command, strings.TrimPrefix(first.URL, "http://"), "nobody@example.com", role)
			if asked.Load() == 0 || elsewhere.Load() != 0 {
				t.Errorf("%d requests, of which %d went on elsewhere:\n%s", asked.Load(), elsewhere.Load(), printed)
			}
		})
	}
}
