package doctor

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
)

func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The documentation has a row for each check, in order, and no others.
func TestDocumentedChecks(t *testing.T) {
	var ofTenant, ofAccount []string
	for _, c := range checks {
		ofTenant = append(ofTenant, c.id)
	}
	for _, c := range accountChecks {
		ofAccount = append(ofAccount, c.id)
	}
	for name, want := range map[string][]string{"checks": ofTenant, "account checks": ofAccount} {
		_, rest, _ := strings.Cut(document(t), "<!-- "+name+" begin -->")
		table, _, found := strings.Cut(rest, "<!-- "+name+" end -->")
		if !found {
			t.Fatalf("the documentation has no table of %s", name)
		}
		var told []string
		for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\|$").FindAllStringSubmatch(table, -1) {
			told = append(told, row[1])
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("%s (-) and docs/doctor.md (+):\n%s", name, diff)
		}
	}
}

// The documentation names the permissions of the caller.
func TestDocumentedPermissions(t *testing.T) {
	for _, file := range []string{"before.go", "before_account.go", "before_network.go", "before_secret.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`unanswered\("([a-z0-9]+:[A-Za-z]+)`).FindAllStringSubmatch(string(source), -1) {
			if !strings.Contains(document(t), "`"+found[1]+"`") {
				t.Errorf("docs/doctor.md does not name %s", found[1])
			}
		}
	}
}

// The template keeps as many functions warm as the check of the concurrency counts.
func TestWarmFunctions(t *testing.T) {
	template, err := os.ReadFile("../../../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(template), "ProvisionedConcurrencyConfig:"); n != warmFunctions {
		t.Errorf("%d functions", n)
	}
}

// The documented example has the form and the outcome of a result of the doctor.
func TestDocumentedJSON(t *testing.T) {
	found := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(document(t))
	if found == nil {
		t.Fatal("the documentation has no example")
	}
	var told []Result
	if err := json.Unmarshal([]byte(found[1]), &told); err != nil || len(told) != 1 {
		t.Fatalf("%d results, %v", len(told), err)
	}
	var rewritten strings.Builder
	if err := WriteJSON(&rewritten, told); err != nil || rewritten.String() != found[1] {
		t.Errorf("%v: the example is written\n%s", err, &rewritten)
	}
	c := open(t)
	c.register(func(a *localtenant.Application) { a.Callbacks = nil })
	if r := resultOf(t, Examine(t.Context(), c.patient, c.with), told[0].ID); r.Outcome != told[0].Outcome || r.Advice == "" || told[0].Advice == "" {
		t.Errorf("the doctor says %+v", r)
	}
}
