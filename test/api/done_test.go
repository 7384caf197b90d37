package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/test/contract"
)

// unreadable are bodies that a 2xx answer can come with, although the provider
// has done what it was asked.
var unreadable = map[string]func(answered []byte) []byte{
	"an odd member": withOddMember,
	"{}":            func([]byte) []byte { return []byte(`{}`) },
	"[]":            func([]byte) []byte { return []byte(`[]`) },
	"null":          func([]byte) []byte { return []byte(`null`) },
	"no body":       func([]byte) []byte { return nil },
	"HTML":          func([]byte) []byte { return []byte("<html><body>OK</body></html>") },
	"half of it":    func(answered []byte) []byte { return answered[:len(answered)/2] },
}

// withOddMember is what Auth0 answers for a user with MFA: "multifactor" as
// objects, where its description says text.
func withOddMember(answered []byte) []byte {
	var object map[string]any
	if json.Unmarshal(answered, &object) != nil {
		return answered
	}
	object["multifactor"] = []any{map[string]any{"provider": "guardian"}}
	body, _ := json.Marshal(object) // it came from JSON
	return body
}

// madeOfNothing are the operations that make a link or tokens: without these in
// the answer there is nothing, and a repeat makes another.
var madeOfNothing = []string{"createpasswordticket", "createverificationticket", "enrollmfa", "callback", "refreshtoken"}

// Whatever a change is answered with: the calls after it are made all the same,
// and the answer is either that of the change or says that it was made.
func TestA2xxMeansThatItWasDone(t *testing.T) {
	t.Parallel()
	s := start(t, deployed)
	s.calm(t)
	s.want(s.call("GET", "/users", ""), 200, "")
	for _, op := range contract.Load(t).Operations() {
		for _, c := range changesOf(op.ID) {
			t.Run(c.operation+" "+c.name, func(t *testing.T) { c.checkDone(t, s, op) })
		}
	}
}

// changesOf are the requests of an operation that change something.
func changesOf(operation string) (all []cost) {
	if strings.HasPrefix(operation, "list") || strings.HasPrefix(operation, "get") || slices.Contains(reads, operation) {
		return nil
	}
	for _, c := range costs {
		for _, tt := range c {
			// A repeat under a key changes nothing.
			if tt.operation == operation && !strings.Contains(tt.name, "key") && !strings.HasSuffix(tt.name, "again") {
				all = append(all, tt)
			}
		}
	}
	return all
}

func (c cost) checkDone(t *testing.T, s *service, op contract.Operation) {
	usual, got := c.calls2xx(t, s, op, nil)
	if got.status >= 400 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for form, body := range unreadable {
		if testing.Short() && form != "{}" {
			continue // one form is a sample
		}
		for which, call := range usual {
			if !isChange(call) {
				continue
			}
			for _, onwards := range []bool{false, true} { // whether a look afterwards fails, too
				name := fmt.Sprintf("%s of call %d, %s, onwards %t", form, which+1, call, onwards)
				made, got := c.calls2xx(t, s, op, func(n int, answered []byte) []byte {
					if n == which || onwards && n > which {
						return body(answered)
					}
					return answered
				})
				needsTheID := onwards && c.name == "invited by link" && which == 0
				if !slices.Equal(onlyChanges(made), onlyChanges(usual)) && !needsTheID {
					t.Errorf("%s: the changes made are %q, want %q", name, made, usual)
				}
				if got.status >= 400 && got.code(t) != "partly-updated" && !slices.Contains(madeOfNothing, c.operation) {
					t.Errorf("%s: %d %s", name, got.status, got.body)
				}
				if got.status >= 400 && !onwards && canLookAgain(c) {
					t.Errorf("%s, and a look again would tell: %d %s", name, got.status, got.body)
				}
			}
		}
	}
}

// canLookAgain is false for what only the one answer holds.
func canLookAgain(c cost) bool {
	return !slices.Contains(madeOfNothing, c.operation) && !slices.Contains([]string{"createrecoverycode", "sendverificationemail"}, c.operation) &&
		c.name != "invited by link"
}

func isChange(call string) bool {
	return !strings.HasPrefix(call, http.MethodGet) && !strings.HasSuffix(call, "/oauth/token")
}

func onlyChanges(calls []string) []string {
	return slices.DeleteFunc(slices.Clone(calls), func(call string) bool { return !isChange(call) })
}

// calls2xx sends the request, and returns the calls that succeeded at the provider,
// without ids. rewrite is told of each, counted from 0.
func (c cost) calls2xx(t *testing.T, s *service, op contract.Operation, rewrite func(n int, answered []byte) []byte) (calls []string, got answer) {
	s.freePlaces(t)
	target, body, headers := c.prepare(t, s)
	body = fixedAddress.ReplaceAllStringFunc(body, func(string) string { return s.freshEmail() })
	var mu sync.Mutex
	s.tenant.Rewrite(func(r *http.Request, answered []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, r.Method+" "+pathWithoutIDs(r))
		if rewrite == nil {
			return answered
		}
		return rewrite(len(calls)-1, answered)
	})
	got = s.as(t, op.Method, target, body, headers...)
	s.tenant.Rewrite(nil)
	return calls, got
}

// fixedAddress is an address in a cost's body, which is taken when it is sent again.
var fixedAddress = regexp.MustCompile(`\b(once|mailed2?|linked|mine)@example\.com`)

func pathWithoutIDs(r *http.Request) string {
	parts := strings.Split(r.URL.Path, "/")
	for i, part := range parts {
		if len(part) > 26 || strings.ContainsAny(part, "|_0123456789") && part != "v2" { // all words are shorter
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// What a thief has ends with the block, although the user's MFA makes the answer
// an odd one.
func TestABlockEndsTheSessionsOfAUserWithMFA(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		wantAnswer(t, newBrowser(t, s).signedInAsAda(t), 200, "")
		if len(s.sessionsOf(t, adasID)) == 0 {
			t.Fatal("there is no session to end")
		}
		s.tenant.Rewrite(func(_ *http.Request, answered []byte) []byte { return withOddMember(answered) })
		got := s.call("PUT", "/blocks/"+adasID, "")
		s.tenant.Rewrite(nil)
		s.want(got, 200, "")
		if left := s.sessionsOf(t, adasID); len(left) > 0 {
			t.Errorf("sessions are left: %v", left)
		}
	})
}
