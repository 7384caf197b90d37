package limits

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// directory knows users by their ids.
type directory struct {
	connections map[string]string
	failure     error
	asked       []string
}

func (d *directory) ConnectionOf(_ context.Context, userID string) (string, error) {
	d.asked = append(d.asked, userID)
	connection, ok := d.connections[userID]
	if !ok && d.failure == nil {
		return "", problem.UserNotFound.New("There is no such user.")
	}
	return connection, d.failure
}

// guarded asks an operation that knows nothing of limits.
func guarded(t *testing.T, document, route, path string, dir *directory) (served, gone bool, answer problem.Document) {
	t.Helper()
	p, err := Parse(document, deployment)
	if err != nil {
		t.Fatal(err)
	}
	op := Guard{Policy: p, Directory: dir}.Operation(httpapi.Operation{Routes: []string{route}, Handler: func(_ http.ResponseWriter, r *http.Request) error {
		served, gone = true, Gone(r.Context())
		return nil
	}})
	r := httptest.NewRequest("GET", path, nil)
	w := httptest.NewRecorder()
	httpapi.Mux(op).ServeHTTP(w, r.WithContext(httpapi.WithCaller(r.Context(), httpapi.Caller{ID: "c"})))
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
	}
	return served, gone, answer
}

func TestGuard(t *testing.T) {
	limited := one(`"client_id":"c","connections":["Customers"]`)
	without := one(`"client_id":"c"`)
	tests := map[string]struct {
		document, route, path string
		failure               error
		served, gone          bool
		code, rule            string
		asked                 int
	}{
		"its own user":       {limited, "GET /new/{user_id}", "/new/ours", nil, true, false, "", "", 1},
		"another's":          {limited, "GET /new/{user_id}", "/new/theirs", nil, false, false, "outside-front-ends-limits", "shop.connections", 1},
		"another's, deeper":  {limited, "GET /new/{user_id}/more/{x}", "/new/theirs/more/ours", nil, false, false, "outside-front-ends-limits", "shop.connections", 1},
		"another's, at last": {limited, "GET /a/{x}/{user_id}", "/a/ours/theirs", nil, false, false, "outside-front-ends-limits", "shop.connections", 1},
		"a user":             {limited, "GET /users/{id}", "/users/theirs", nil, false, false, "outside-front-ends-limits", "shop.connections", 1},
		"below a user":       {limited, "GET /users/{id}/things", "/users/theirs/things", nil, false, false, "outside-front-ends-limits", "shop.connections", 1},
		"nobody":             {limited, "GET /users/{id}", "/users/nobody", nil, true, true, "", "", 1},
		"of no connection":   {limited, "GET /users/{id}", "/users/odd", nil, false, false, "outside-front-ends-limits", "shop.connections", 1},
		"no id":              {limited, "GET /users/{id}", "/users/%00", nil, false, false, "invalid-request", "", 0},
		"who knows":          {limited, "GET /users/{id}", "/users/x", problem.ProviderUnavailable.New("No."), false, false, "provider-unavailable", "", 1},
		"who knows at all":   {limited, "GET /users/{id}", "/users/x", errors.New("unforeseen"), false, false, "internal", "", 1},
		"another thing's id": {limited, "GET /things/{id}", "/things/theirs", nil, true, false, "", "", 0},
		"no limit":           {without, "GET /users/{id}", "/users/theirs", nil, true, false, "", "", 0},
		"no policy":          {"", "GET /users/{id}", "/users/theirs", nil, true, false, "", "", 0},
		"app_metadata":       {one(`"client_id":"c","app_metadata":false`), "GET /app-metadata/{user_id}", "/app-metadata/ours", nil, false, false, "outside-front-ends-limits", "shop.app_metadata", 0},
		"metadata":           {one(`"client_id":"c","app_metadata":false`), "GET /metadata/{user_id}", "/metadata/ours", nil, true, false, "", "", 0},
		"unlisted":           {`{"unlisted":"refuse","front_ends":[]}`, "GET /roles", "/roles", nil, false, false, "outside-front-ends-limits", Unlisted, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{connections: map[string]string{"ours": "Customers", "theirs": "Employees", "odd": ""}, failure: tt.failure}
			served, gone, answer := guarded(t, tt.document, tt.route, tt.path, dir)
			if served != tt.served || gone != tt.gone || answer.Code != tt.code || answer.Rule != tt.rule {
				t.Errorf("served %v, gone %v, %+v", served, gone, answer)
			}
			if len(dir.asked) != tt.asked {
				t.Errorf("the provider is asked for %v", dir.asked)
			}
		})
	}
}

// othersIDs are the routes with an id that is not a user's.
var othersIDs = map[string]bool{"GET /verification-emails/{id}": true}

func TestUserParameters(t *testing.T) {
	for _, group := range permission.All() {
		for _, route := range group.Routes {
			first := firstWildcard(route)
			if want := first != "" && !othersIDs[route]; (UserParameter(route) != "") != want {
				t.Errorf("%s: the user's id is %q", route, UserParameter(route))
			} else if want && UserParameter(route) != first {
				t.Errorf("%s: the user's id is %q, not %q", route, UserParameter(route), first)
			}
		}
	}
}

func firstWildcard(route string) string {
	var name []rune
	in := false
	for _, c := range route {
		switch {
		case c == '{':
			in = true
		case c == '}':
			return string(name)
		case in:
			name = append(name, c)
		}
	}
	return ""
}
