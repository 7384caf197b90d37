package auth0_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"
)

var updateUsers50 = flag.Bool("update-users-50", false, "write testdata/users-50.json")

const users50File = "testdata/users-50.json"

// TestUsers50 compares the benchmarks' page of users with its generator. To write the page:
// go test ./internal/auth0 -run TestUsers50 -update-users-50
func TestUsers50(t *testing.T) {
	made := users50(t)
	if *updateUsers50 {
		if err := os.WriteFile(users50File, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(users50File)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, made) {
		t.Errorf("%s is out of date: run this test with -update-users-50", users50File)
	}
}

// users50 returns a response to GET /api/v2/users?include_totals=true&per_page=50. Every fifth
// user has a second identity; each has ten members of user_metadata and four of app_metadata.
func users50(t *testing.T) []byte {
	t.Helper()
	page := map[string]any{"start": 0, "limit": 50, "length": 50, "total": 50}
	var users []any
	for i := range 50 {
		users = append(users, user50(i))
	}
	page["users"] = users
	b, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func user50(i int) map[string]any {
	given := []string{"Ada", "Grace", "Zoë", "Jürgen", "Łukasz"}[i%5]
	family := []string{"Lovelace", "Hopper", "O'Neill", "Müller", "Nowak", "Okafor", "Ito"}[i%7]
	name := given + " " + family
	email := fmt.Sprintf("user%02d@example.com", i)
	id := fmt.Sprintf("65e19a2%017x", i)
	at := func(days int) string {
		return time.Date(2024, 3, 1+i+days, 9, i, 3*i%60, 7*i%1000*int(time.Millisecond), time.UTC).Format("2006-01-02T15:04:05.000Z")
	}
	picture := "https://s.gravatar.com/avatar/0bc83cb571cd1c50ba6f3e8a78ef1346?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fus.png"
	identities := []any{map[string]any{
		"connection": "Username-Password-Authentication", "user_id": id, "provider": "auth0", "isSocial": false,
	}}
	if i%5 == 0 {
		identities = append(identities, map[string]any{
			"connection": "google-oauth2", "user_id": fmt.Sprintf("1152900719925473%05d", i), "provider": "google-oauth2", "isSocial": true,
			"profileData": map[string]any{
				"email": email, "email_verified": true, "name": name, "given_name": given, "family_name": family, "picture": picture,
			},
		})
	}
	return map[string]any{
		"user_id": "auth0|" + id, "email": email, "email_verified": i%3 != 0, "name": name, "given_name": given, "family_name": family,
		"nickname": fmt.Sprintf("user%02d", i), "picture": picture, "blocked": i%11 == 0,
		"created_at": at(0), "updated_at": at(90), "last_login": at(90), "last_ip": fmt.Sprintf("203.0.113.%d", i), "logins_count": 3 * i,
		"identities": identities,
		"user_metadata": map[string]any{
			"locale": "de-AT", "time_zone": "Europe/Vienna", "newsletter": i%2 == 0, "theme": "dark", "onboarding_step": i % 6,
			"phone": fmt.Sprintf("+43 1 555 01%02d", i), "birthday": fmt.Sprintf("19%02d-07-14", 50+i),
			"address":   map[string]any{"street": "Ring 1", "city": "Wien", "postal_code": "1010", "country": "AT"},
			"interests": []any{"maps", "tea", "engines"}, "referrer": nil,
		},
		"app_metadata": map[string]any{
			"customer_id": fmt.Sprintf("cus_%08d", 4711+i), "plan": []string{"free", "team", "enterprise"}[i%3],
			"permissions": []any{"orders:read", "orders:write"}, "credit": 12.5 * float64(i),
		},
	}
}
