package events_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/events"
)

// position has every member.
var position = events.Position{Passed: 7, At: now, Seen: []byte("seen"), Undated: []byte("none")}

// nextOf returns the cursor that a page of the user's history gives.
func nextOf(t *testing.T, user string) string {
	t.Helper()
	w := list(&provider{page: events.Page{Events: []events.Event{{ID: "1"}}, Next: &position}}, user+"?limit=1")
	var page struct{ Next string }
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK || page.Next == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return page.Next
}

// The next page begins where the provider's page ended, by the member and by the link.
func TestNextPage(t *testing.T) {
	for query, limit := range map[string]string{"": "50", "?limit=7": "7", "?limit=2&cursor=" + nextOf(t, "u"): "2"} {
		p := &provider{page: events.Page{Events: []events.Event{{ID: "1", Type: events.Other}}, Next: &position}}
		w := list(p, "u"+query)
		link, ok := strings.CutSuffix(strings.TrimPrefix(w.Header().Get("Link"), "<"), `>; rel="next"`)
		values, err := url.ParseQuery(strings.TrimPrefix(link, "?"))
		cursor := values.Get("cursor")
		if diff := cmp.Diff(url.Values{"limit": {limit}, "cursor": {cursor}}, values); diff != "" || err != nil || !ok {
			t.Errorf("%q: the link is %s: %v\n%s", query, w.Header().Get("Link"), err, diff)
		}
		if diff := cmp.Diff(`200 {"events":[{"id":"1","type":"other"}],"next":"`+cursor+`"}`, apitest.Response(t, w, "Link")); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
		p.asked = nil
		apitest.Response(t, list(p, "u"+link), "Link")
		if len(p.asked) != 1 || !cmp.Equal(&position, p.asked[0].From) {
			t.Errorf("%q: the provider was asked %+v", query, p.asked)
		}
	}
}

func TestForeignCursors(t *testing.T) {
	mine := nextOf(t, "u")
	sealed := func(purpose, binding, plain string) string {
		text, err := sealer.Seal(t.Context(), purpose, binding, []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, cursor := range map[string]string{
		"text":                    "x",
		"another user's":          nextOf(t, "v"),
		"altered":                 mine[:20] + map[bool]string{true: "B", false: "A"}[mine[20] == 'A'] + mine[21:],
		"cut":                     mine[:len(mine)-4],
		"two":                     mine + mine,
		"of another list":         sealed("users-cursor", "u", `{"n":1}`),
		"sealed, and no position": sealed("events-cursor", "u", `[]`),
		"too long":                strings.Repeat("A", 9<<10+1),
	} {
		t.Run(name, func(t *testing.T) {
			p := &provider{}
			if got := apitest.Response(t, list(p, "u?cursor="+cursor), "Link"); got != "400 invalid-cursor cursor" || len(p.asked) > 0 {
				t.Errorf("%s, and the provider was asked %v", got, p.asked)
			}
		})
	}
	if p := (&provider{}); apitest.Response(t, list(p, "u?cursor="+mine), "Link") != `200 {"events":[]}` || len(p.asked) != 1 {
		t.Errorf("the user's own cursor is refused: %v", p.asked)
	}
}

func TestWithoutKeys(t *testing.T) {
	for query, asked := range map[string]int{"": 1, "?cursor=x": 0} {
		p := &provider{page: events.Page{Next: &position}}
		w := listFrom(apitest.Unlimited, p, noKeys{}, "u"+query)
		if got := apitest.Response(t, w, "Link"); got != "503 service-unavailable" || w.Header().Get("Link") != "" || len(p.asked) != asked {
			t.Errorf("%q: %s, headers %v, and the provider was asked %v", query, got, w.Header(), p.asked)
		}
	}
}
