package contract

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	runbookEntry = regexp.MustCompile(`(?m)^## ([A-Za-z]+Alarm)\n\n\*\*Meaning\.\*\* [^#]+?\n\n\*\*Look\.\*\*[^#]+?\n\n\*\*Do\.\*\* `)
	queryBlock   = regexp.MustCompile("(?s)```\n(.*?)```")
	quoted       = regexp.MustCompile(`"[^"]*"`)
	word         = regexp.MustCompile(`@?[A-Za-z_][A-Za-z_.0-9]*`)
	aliased      = regexp.MustCompile(` as ([a-z_0-9]+)`)
)

// What a line can have: the request's, the audit's, the access log's, the
// platform's, and what Logs Insights adds. And the words of its language.
const (
	fieldNames = `request_id trace_id xray_trace_id msg route method status duration_ms cold provider_calls provider_ms provider_retries
		provider_throttled token_fetches credentials_refused secret_failures caller problem error user account change outcome correlation_id
		ip vpce principal reason ms function_ms event.step event.secret type record.status @timestamp @log`
	queryWords = `filter stats count sum latest pct bin m by sort desc display limit and or in like as`
)

func runbook(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every alarm has an entry that says what it means, where to look and what to
// do, and every entry an alarm.
func TestEveryAlarmHasAnEntryInTheRunbook(t *testing.T) {
	var told []string
	for _, found := range runbookEntry.FindAllStringSubmatch(runbook(t), -1) {
		told = append(told, found[1])
	}
	alarms := map[string]bool{}
	for name, resource := range readTemplate(t).Resources {
		if resource.Type == "AWS::CloudWatch::Alarm" {
			alarms[name] = true
		}
	}
	slices.Sort(told)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(alarms)), told); diff != "" {
		t.Errorf("alarms (-) and docs/runbook.md (+):\n%s", diff)
	}
}

// Logs Insights' console takes 50 log groups at a time.
func TestTheRunbookCountsTheLogGroups(t *testing.T) {
	groups := 0
	for _, resource := range readTemplate(t).Resources {
		if resource.Type == "AWS::Logs::LogGroup" {
			groups++
		}
	}
	if told := fmt.Sprintf("they are %d at the most, of the 50", groups); groups > 50 || !strings.Contains(runbook(t), told) {
		t.Errorf("docs/runbook.md does not say: %s", told)
	}
}

// A query that asks for a field that no line has finds nothing, and says nothing
// of it either.
func TestTheRunbookAsksForWhatIsLogged(t *testing.T) {
	queries := queryBlock.FindAllStringSubmatch(runbook(t), -1)
	if len(queries) < 8 {
		t.Errorf("%d queries", len(queries))
	}
	for _, query := range queries {
		for _, unknown := range unknownWords(query[1]) {
			t.Errorf("%s is no field of a line:\n%s", unknown, query[1])
		}
	}
	if got := unknownWords("filter stauts >= 500\n| stats count(*) as n by route\n| sort n, m"); !slices.Equal(got, []string{"stauts"}) {
		t.Errorf("the test itself finds %v", got)
	}
}

func unknownWords(query string) (unknown []string) {
	known := strings.Fields(fieldNames + " " + queryWords)
	for _, found := range aliased.FindAllStringSubmatch(query, -1) {
		known = append(known, found[1])
	}
	for _, w := range word.FindAllString(quoted.ReplaceAllString(query, ""), -1) {
		if !slices.Contains(known, w) {
			unknown = append(unknown, w)
		}
	}
	return unknown
}

// The fields that the test above takes for granted are those of the code.
func TestTheRunbooksFieldsAreLogged(t *testing.T) {
	var source strings.Builder
	for _, path := range []string{"internal/httpapi/log.go", "internal/httpapi/audit.go", "internal/authorizer/authorize.go", "internal/boot/event.go", "internal/rotation/rotate.go", "template.yaml"} {
		text, err := os.ReadFile(filepath.Join(root(t), path))
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	platforms := []string{"msg", "type", "record.status"}
	for name := range strings.FieldsSeq(fieldNames) {
		if strings.HasPrefix(name, "@") || slices.Contains(platforms, name) {
			continue
		}
		for part := range strings.SplitSeq(name, ".") {
			if !strings.Contains(source.String(), `"`+part+`"`) {
				t.Errorf("nobody logs %s", name)
			}
		}
	}
}
