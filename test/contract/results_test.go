package contract

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onlyInResults returns the codes that only results of jobs have, with their statuses: those of the contract's
// example. No response has them as its own problem.
func onlyInResults(t *testing.T) map[string]int {
	t.Helper()
	examples := document(t)["components"].(object)["examples"].(object)
	found := map[string]int{}
	for _, result := range examples["OnlyInResults"].(object)["value"].(object)["results"].([]any) {
		p := result.(object)["problem"].(object)
		code, status := p["code"].(string), p["status"].(int)
		if kind := kindOf(code); kind.Title != p["title"] || kind.Status != status {
			t.Errorf("the example of %s has another title or status than %v", code, kind)
		}
		found[code] = status
	}
	return found
}

// A record of a job is a body of the single operation, with a ref.
func TestRecordsAreBodies(t *testing.T) {
	schemas := document(t)["components"].(object)["schemas"].(object)
	members := func(name string) (all []string) {
		for member := range schemas[name].(object)["properties"].(object) {
			all = append(all, member)
		}
		slices.Sort(all)
		return all
	}
	want := append(members("NewUser"), "ref")
	slices.Sort(want)
	if diff := cmp.Diff(want, members("UserCreation")); diff != "" {
		t.Errorf("NewUser and ref (-), and UserCreation (+):\n%s", diff)
	}
	imported := members("UserImport")
	for _, member := range []string{"connection", "invite", "password", "result_url", "ttl", "verifies_email", "verify_email"} {
		if slices.Contains(imported, member) {
			t.Errorf("an import takes %s", member)
		}
		want = slices.DeleteFunc(want, func(m string) bool { return m == member })
	}
	for _, member := range want {
		if !slices.Contains(imported, member) {
			t.Errorf("an import takes no %s", member)
		}
	}
	exported := members("ExportedUser")
	for _, member := range members("UserMembers") {
		if !slices.Contains(exported, member) {
			t.Errorf("an exported user has no %s", member)
		}
	}
}
