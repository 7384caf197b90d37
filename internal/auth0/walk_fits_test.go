package auth0

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"usher/internal/users"
)

// The bound holds for texts of which every byte is escaped, and with all members present.
func TestLongestIsABound(t *testing.T) {
	for _, text := range []string{"", "a", "\x01", "<", "\u2028", "\xff", strings.Repeat("\x01", 300)} {
		yes, at := true, time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", 14*3600-60))
		metadata, err := json.Marshal(map[string]string{"x": text})
		if err != nil {
			t.Fatal(err)
		}
		u := users.User{
			ID: text, Email: text, EmailVerified: &yes, Username: text, PhoneNumber: text, PhoneVerified: &yes, Name: text, GivenName: text,
			FamilyName: text, Nickname: text, Picture: text, CreatedAt: &at, UpdatedAt: &at, LastLogin: &at, LoginsCount: -1 << 63,
			Metadata: metadata, AppMetadata: metadata,
			Identities: []users.Identity{{Connection: text, Provider: text, UserID: text}, {Connection: text, Provider: text, UserID: text, Social: true}},
		}
		encoded, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		if most := longest(u); len(encoded) > most {
			t.Errorf("%q: %d bytes, more than %d", text, len(encoded), most)
		}
	}
}
