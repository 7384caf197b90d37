package api

import (
	"strings"
	"testing"

	"usher/internal/httpapi"
	"usher/internal/valid"
	"usher/test/contract"
)

// One path is one operation's on every way in, and what is not quite a path is none's.
func TestEveryOperationRefusesOddPaths(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		odd := map[string]string{
			"a slash behind": target + "/",
			"a slash ahead":  "/" + target,
			"slashes ahead":  "//" + target,
			"both":           "/" + target + "/",
		}
		if !s.way.gateway { // which has no such resource, and answers itself
			odd["slashes behind"] = target + "//"
			odd["a slash between"] = strings.Replace(target[1:], "/", "//", 1)
			if strings.Count(target, "/") < 2 {
				delete(odd, "a slash between")
			} else {
				odd["a slash between"] = "/" + odd["a slash between"]
			}
		}
		s.tenant.Tenant.ResetStats()
		for name, path := range odd {
			got := s.as(t, op.Method, path, body)
			if got.status != 400 || !strings.Contains(string(got.body), `"errors":[{"field":"path","detail":"no segment may be empty, ., .. or /"}]`) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if calls := s.tenant.Tenant.Stats().Requests; calls != 0 {
			t.Errorf("%d provider calls", calls)
		}
	})
}

// before is the longest that a method's ARN has before the path, whose 1,600 bytes the gateway bounds.
var before = len("arn:aws-us-gov:execute-api:ap-southeast-2:123456789012:a1b2c3d4e5/") + 128 + len("/DELETE")

// The ids of a path may be as long as one may be, but not all of them: the longest path that is taken
// is one that the gateway takes, too.
func TestPathsAreNoLongerThanTheGatewayTakes(t *testing.T) {
	if before+httpapi.MaxPath > 1600 {
		t.Fatalf("%d bytes and %d are more than 1,600", before, httpapi.MaxPath)
	}
	const tooLong = `"errors":[{"field":"path","detail":"has more than 1300 bytes with its ids percent-encoded"}]`
	type unit struct {
		escaped string
		bytes   int // of an id
		longest int // in a path
	}
	units := map[string]unit{
		"letters": {"x", 1, 1}, "Unicode": {"%C3%A9", 2, 6}, "signs": {"%7C", 1, 3},
		"signs that need no escape": {"@", 1, 3}, "escapes that need not be": {"%78", 1, 3},
	}
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, _, body string) {
		s.calm(t)
		names := op.Parameters("path")
		if len(names) == 0 {
			return
		}
		for kind, unit := range units {
			if s.way.name == "samlocal" && kind == "escapes that need not be" {
				continue // it delivers what they stand for
			}
			target, longest := op.Path, len(op.Path)
			for _, name := range names {
				target = strings.Replace(target, "{"+name+"}", strings.Repeat(unit.escaped, valid.MaxID/unit.bytes), 1)
				longest += valid.MaxID/unit.bytes*unit.longest - len("{"+name+"}")
			}
			got := s.as(t, op.Method, target, body)
			if refused := strings.Contains(string(got.body), tooLong); refused != (longest > httpapi.MaxPath) {
				t.Errorf("%s: a path of %d bytes: %d %s", kind, longest, got.status, got.body)
			}
			if len(names) == 1 && longest > httpapi.MaxPath {
				t.Errorf("%s: one id of the longest makes a path of %d bytes", kind, longest)
			}
		}
	})
}
