package api

import (
	"strings"
	"testing"

	"usher/internal/contract"
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
