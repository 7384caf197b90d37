package contract

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each alarm has an entry in the runbook, and each entry an alarm. An entry has at
// least one query, and instructions after it. test/template runs the queries.
func TestEveryAlarmHasAnEntryInTheRunbook(t *testing.T) {
	var entries []string
	for part := range strings.SplitSeq("\n"+readFile(t, "docs/runbook.md"), "\n## ") {
		title, text, _ := strings.Cut(part, "\n")
		if !strings.HasSuffix(title, "Alarm") {
			continue
		}
		entries = append(entries, title)
		if !isEntry(text) {
			t.Errorf("the entry of %s lacks a query, or instructions after it", title)
		}
	}
	alarms := map[string]bool{}
	for name, resource := range readTemplate(t).Resources {
		if resource.Type == "AWS::CloudWatch::Alarm" {
			alarms[name] = true
		}
	}
	slices.Sort(entries)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(alarms)), entries); diff != "" {
		t.Errorf("alarms (-) and docs/runbook.md (+):\n%s", diff)
	}
	for _, text := range []string{"Wait.\n", "```sh\nls\n```\nWait.\n", "```\nfilter a = 1\n```\n"} {
		if isEntry(text) {
			t.Errorf("this counts as an entry:\n%s", text)
		}
	}
}

// queryBlock is a code block without a language. It can be part of a list.
var queryBlock = regexp.MustCompile("(?m)^ *```\n(?:.*\n)*?^ *```$")

func isEntry(text string) bool {
	blocks := queryBlock.FindAllStringIndex(withoutShell(text), -1)
	if len(blocks) == 0 {
		return false
	}
	after := withoutShell(text)[blocks[len(blocks)-1][1]:]
	return strings.TrimSpace(after) != ""
}

var shellBlock = regexp.MustCompile("(?m)^ *```[a-z]+\n(?:.*\n)*?^ *```$")

func withoutShell(text string) string { return shellBlock.ReplaceAllString(text, "") }
