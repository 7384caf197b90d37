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
	_, rest, _ := strings.Cut(document(t), "<!-- checks begin -->")
	table, _, found := strings.Cut(rest, "<!-- checks end -->")
	if !found {
		t.Fatal("the documentation has no table of checks")
	}
	var want, told []string
	for _, c := range checks {
		want = append(want, c.id)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\|$").FindAllStringSubmatch(table, -1) {
		told = append(told, row[1])
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("checks (-) and docs/doctor.md (+):\n%s", diff)
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
