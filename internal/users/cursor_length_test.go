package users_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/users"
)

// listAsShop calls list as a front-end that is limited to the connection "own".
func listAsShop(t *testing.T, dir *directory, rawQuery string) *httptest.ResponseRecorder {
	t.Helper()
	policy, err := limits.Parse(`{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"shop","connections":["own"]}]}`, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/users?"+rawQuery, nil)
	w := httptest.NewRecorder()
	shop := apitest.As(api.Principal{Caller: httpapi.Caller{ID: "shop"}})
	api.Server{Authenticate: shop, Limits: policy}.Handler(users.List(dir, sealer{})).ServeHTTP(w, r)
	return w
}

func positions() []users.Position {
	var all []users.Position
	for _, after := range []string{"", "a", "2026-01-01T00:00:00.000Z", strings.Repeat("x", 254) + "@example.com"} {
		seen := users.Seen(nil)
		for n := range 200 {
			if n%7 < 2 {
				all = append(all, users.Position{After: after, Seen: seen, Absent: n%2 == 0})
			}
			seen = seen.With(fmt.Sprint(n))
		}
	}
	return all
}

// The length of a limited front-end's cursor must not reveal its position.
func TestCursorsOfLimitedFrontEndsHaveFewLengths(t *testing.T) {
	lengths := map[int]bool{}
	for _, at := range positions() {
		dir := &directory{page: users.Page{Next: &at}}
		next := decodePage(t, listAsShop(t, dir, "")).Next
		lengths[len(next)] = true
		decodePage(t, listAsShop(t, dir, "cursor="+url.QueryEscape(next)))
		if diff := cmp.Diff(&at, dir.listing.From); diff != "" {
			t.Error(diff)
		}
	}
	if len(lengths) > 4 {
		t.Errorf("%d lengths: %v", len(lengths), lengths)
	}
}

// Cursors of the previous version still work, with and without limits.
func TestCursorsOfThePreviousVersion(t *testing.T) {
	at := users.Position{After: "x", Seen: users.Seen(nil).With("u"), Absent: true}
	dir := &directory{page: users.Page{Next: &at}}
	sealed, err := base64.RawURLEncoding.DecodeString(decodePage(t, list(t, dir, "")).Next)
	plain, _ := json.Marshal(at)
	if want := "list-cursor\n" + defaultBinding + "\n" + string(plain); err != nil || string(sealed) != want {
		t.Errorf("%s, %v; want %s", sealed, err, want)
	}
	binding := strings.Replace(defaultBinding, "]", ` "own"]`, 1)
	old := base64.RawURLEncoding.EncodeToString([]byte("list-cursor\n" + binding + "\n" + string(plain)))
	decodePage(t, listAsShop(t, dir, "cursor="+old))
	if diff := cmp.Diff(&at, dir.listing.From); diff != "" {
		t.Error(diff)
	}
}
