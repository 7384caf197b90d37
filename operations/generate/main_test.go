package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheListIsFresh(t *testing.T) {
	want, err := Generate("../../functions")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../operations_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("operations_gen.go is stale; run make generate:\n%s", diff)
	}
}

func TestGenerateRefuses(t *testing.T) {
	tests := map[string]string{
		"no return":                 "package main\nfunc main() { boot.HTTP(f) }\n",
		"two returns":               "package main\nfunc f() int { return 1 }\nfunc g() int { return 2 }\nfunc main() { boot.HTTP(f) }\n",
		"no entry":                  "package main\nfunc f() int { return 1 }\nfunc main() {}\n",
		"both entries":              "package main\nfunc f() int { return 1 }\nfunc main() { boot.HTTP(f); boot.Event(f) }\n",
		"an authorizer with routes": "package main\nfunc f() int { return 1 }\nfunc main() { boot.HTTP(f); bearer.Authorizer(f) }\n",
		"a worker with routes":      "package main\nfunc f() int { return 1 }\nfunc main() { boot.HTTP(f); withjobs.Worker(f) }\n",
		"both of jobs":              "package main\nfunc f() int { return 1 }\nfunc main() { withjobs.HTTP(f); withjobs.Worker(f) }\n",
		"another of jobs":           "package main\nfunc f() int { return 1 }\nfunc main() { withjobs.Run(f) }\n",
		"another of bearer":         "package main\nfunc f() int { return 1 }\nfunc main() { bearer.Keys(f) }\n",
		"another":                   "package main\nfunc f() int { return 1 }\nfunc main() { boot.Handler(f) }\n",
		"another's":                 "package main\nfunc f() int { return 1 }\nfunc main() { root.HTTP(f) }\n",
		"no Go":                     "package",
	}
	for name, source := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(dir+"/op", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/op/main.go", []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := Generate(dir); err == nil {
				t.Errorf("generated %s", out)
			}
		})
	}
	if _, err := Generate(t.TempDir()); err == nil {
		t.Error("an empty directory gave a list")
	}
}
