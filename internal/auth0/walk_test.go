package auth0

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/internal/localtenant"
	"usher/internal/localtenant/tenanttest"
	"usher/internal/users"
)

// A page holds as many users as fit an answer, and as fit what is read of the
// provider's. In the worst metadata every character is one that JSON quotes, and
// that is quoted again in a Lambda's answer.
func TestAWalkPastHeavyUsers(t *testing.T) {
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Empty = true })
	var want, got []string
	for i := range 40 {
		id, err := tenant.Tenant.AddUser(localtenant.User{
			UserID: fmt.Sprintf("%02d", i), Email: fmt.Sprintf("u%02d@example.com", i),
			AppMetadata: map[string]any{"quotes": strings.Repeat(`"`, 40_000)},
		})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users", Status: 200, Body: strings.Repeat(" ", maxBody+1), Times: 1})
	c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
	for at, pages := (*users.Position)(nil), 1; ; pages++ {
		page, err := c.Users().List(t.Context(), users.Filter{}, users.Sort{Key: "created_at"}, at, pageSize)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Users {
			got = append(got, u.ID)
		}
		body, _ := json.Marshal(page.Users)
		if answer, err := json.Marshal(string(body)); err != nil || len(answer) > 6_000_000 || pages > 2 {
			t.Fatalf("page %d takes %d bytes in a Lambda's answer, %v", pages, len(answer), err)
		}
		if at = page.Next; at == nil {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("walked %d users, want %d, none twice", len(got), len(want))
	}
}
