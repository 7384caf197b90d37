//go:build sigv4

package sigv4

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// examples returns the commands of examples/sigv4. Their argument is the address of a new user.
func examples(t *testing.T) map[string][]string {
	t.Helper()
	goExample := filepath.Join(t.TempDir(), "example")
	if out, err := exec.Command("go", "build", "-o", goExample, "usher/examples/sigv4/go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	folder := filepath.Join("..", "..", "..", "..", "..", "examples", "sigv4")
	return map[string][]string{
		"go":     {goExample},
		"node":   {"node", filepath.Join(folder, "node", "usher.mjs")}, // requires `npm ci`, see scripts/setup.sh
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
	user := role // an IAM user's key has no session token
	user.SessionToken = ""
	service := startService(t)
	commands := examples(t)
	for kind, credentials := range map[string]aws.Credentials{"role": role, "user": user} {
		gateways := map[string]string{"botocore": startGateway(t, service, credentials), "ours": startVerifier(t, service, credentials)}
		for name, command := range commands {
			for verifier, gateway := range gateways {
				t.Run(name+" as a "+kind+" before "+verifier, func(t *testing.T) {
					email := name + "-" + kind + "-" + verifier + "@example.com"
					printed, err := run(t, command, gateway, email, credentials)
					if err != nil {
						t.Fatalf("%v\n%s", err, printed)
					}
					want := []string{"ada@example.com", "grace@example.com", email}
					if name == "curl" {
						want = []string{"ada@example.com", email} // it cannot get a user by ID
					}
					for _, address := range want {
						if !strings.Contains(printed, address) {
							t.Errorf("no %s in the output:\n%s", address, printed)
						}
					}
				})
			}
		}
	}
}

// Both verifiers refuse a wrong key.
func TestExamplesWithAWrongKey(t *testing.T) {
	service, commands := startService(t), examples(t)
	wrong := role
	wrong.SecretAccessKey += "x"
	for verifier, gateway := range map[string]string{"botocore": startGateway(t, service, role), "ours": startVerifier(t, service, role)} {
		for name, command := range commands {
			printed, err := run(t, command, gateway, "nobody@example.com", wrong)
			if err == nil || !strings.Contains(printed, "403") && !strings.Contains(printed, "another signature") {
				t.Errorf("%s before %s: %v\n%s", name, verifier, err, printed)
			}
		}
	}
}

// The examples print a problem's code and request ID.
func TestExamplesPrintTheProblem(t *testing.T) {
	gateway := startVerifier(t, startService(t), role)
	for name, command := range examples(t) {
		printed, err := run(t, command, gateway, "ada@example.com", role)
		if err == nil || !strings.Contains(printed, "user-exists") || !strings.Contains(printed, "request") {
			t.Errorf("%s: %v\n%s", name, err, printed)
		}
	}
}

func TestExamplesWithoutAnAddress(t *testing.T) {
	for name, command := range examples(t) {
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Env = append(environment(role), "USHER_URL=")
		if printed, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(printed), "USHER_URL") {
			t.Errorf("%s: %v\n%s", name, err, printed)
		}
	}
}

// All users of a machine can see the arguments of its processes.
func TestCurlHasNoSecretInItsArguments(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>'" + dir + "/arguments'\nexec '" + curl + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if printed, err := run(t, examples(t)["curl"], startVerifier(t, startService(t), role), "new@example.com", role); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	seen, err := os.ReadFile(filepath.Join(dir, "arguments"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{role.SecretAccessKey, role.SessionToken} {
		if !strings.Contains(string(seen), "/users") || strings.Contains(string(seen), secret) {
			t.Errorf("curl was called with %s", seen)
		}
	}
}

// A signature and the session token must not be sent to another host.
func TestExamplesDoNotFollowRedirects(t *testing.T) {
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
				t.Errorf("%d requests, %d of them to another host:\n%s", asked.Load(), elsewhere.Load(), printed)
			}
		})
	}
}
