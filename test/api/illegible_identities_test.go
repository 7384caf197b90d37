package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// illegible are forms of a user's identities of which the first cannot be read. The
// second, of a GitHub account, can.
var illegible = map[string]func(identities []any) any{
	"an object":           func(all []any) any { return map[string]any{"0": all[0], "1": all[1]} },
	"the second alone":    func(all []any) any { return all[1] },
	"text":                func([]any) any { return "github" },
	"a number":            func([]any) any { return 7 },
	"null":                func([]any) any { return nil },
	"first null":          func(all []any) any { return []any{nil, all[1]} },
	"first text":          func(all []any) any { return []any{"github", all[1]} },
	"first empty":         func(all []any) any { return []any{map[string]any{}, all[1]} },
	"first a list":        func(all []any) any { return []any{[]any{all[1]}, all[1]} },
	"connection a number": func(all []any) any { return []any{with(all[0], "connection", 7), all[1]} },
	"connection a list":   func(all []any) any { return []any{with(all[0], "connection", []any{"github"}), all[1]} },
	"connection an object": func(all []any) any {
		return []any{with(all[0], "connection", map[string]any{"name": "github"}), all[1]}
	},
}

func with(object any, name string, value any) map[string]any {
	changed := maps.Clone(object.(map[string]any))
	changed[name] = value
	return changed
}

// illegibly rewrites the identities of all users who have two.
func illegibly(form func([]any) any) func(*http.Request, []byte) []byte {
	var change func(value any) any
	change = func(value any) any {
		switch v := value.(type) {
		case []any:
			for i := range v {
				v[i] = change(v[i])
			}
		case map[string]any:
			for name := range v {
				v[name] = change(v[name])
			}
			if all, ok := v["identities"].([]any); ok && len(all) == 2 {
				v["identities"] = form(all)
			}
		}
		return value
	}
	return func(_ *http.Request, answered []byte) []byte {
		var value any
		if json.Unmarshal(answered, &value) != nil {
			return answered
		}
		body, _ := json.Marshal(change(value)) // it came from JSON
		return body
	}
}

// A user whose first identity cannot be read belongs to no connection: the second
// does not move up, for front-ends that are limited to it, nor for linking.
func TestAnIdentityThatCannotBeReadIsNotReplaced(t *testing.T) {
	a := auths[0]
	free, shop := shopIn(t, a, `"connections":["github"]`)
	id := free.linked(t, "odd@example.com") // a password first, GitHub linked
	path := url.PathEscape(id)
	other := free.idToken(t, "?connection=github", "other@example.com")
	own := free.idToken(t, "", "odd@example.com")
	github := free.linkedTo(t, id)
	for name, form := range illegible {
		t.Run(name, func(t *testing.T) {
			free.tenant.Rewrite(illegibly(form))
			refused := shop.as(t, "GET", "/users/"+path, "")
			listed := idsIn(t, shop.as(t, "GET", "/users", ""))
			byAddress := idsIn(t, shop.as(t, "GET", "/users?email=odd@example.com", ""))
			shown := free.as(t, "GET", "/users/"+path, "")
			unlinked := free.as(t, "DELETE", "/identities/"+path+"/"+github, "")
			linked := free.as(t, "POST", "/identities/"+path, proofs(own, other))
			free.tenant.Rewrite(nil)
			wantRule(t, refused, "shop.connections")
			if slices.Contains(listed, id) || len(byAddress) > 0 {
				t.Errorf("listed are %v, and by address %v", listed, byAddress)
			}
			wantAnswer(t, shown, 200, "")
			if all := shown.json(t)["identities"].([]any); len(all) > 0 && all[0].(map[string]any)["connection"] != "" {
				t.Errorf("the first identity is %v", all[0])
			}
			wantAnswer(t, unlinked, 502, "provider-failed")
			wantAnswer(t, linked, 502, "provider-failed")
			if now := free.manage(t, "GET", "/users/"+path, "").(map[string]any)["identities"].([]any); len(now) != 2 || strings.Contains(toJSON(now), "other@example.com") {
				t.Errorf("the tenant has %v", now)
			}
		})
	}
}

func toJSON(v any) string {
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}
