package session

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/internal/httpapi"
	"usher/internal/nonce"
	"usher/internal/problem"
)

// plainSealer adds purpose and binding as a prefix instead of encrypting.
type plainSealer struct{ failure error }

func (s plainSealer) Seal(_ context.Context, purpose, binding string, plain []byte) (string, error) {
	return purpose + "|" + binding + "|" + string(plain), s.failure
}

func (s plainSealer) Open(_ context.Context, purpose, binding, sealed string) ([]byte, error) {
	plain, ok := strings.CutPrefix(sealed, purpose+"|"+binding+"|")
	if !ok && s.failure == nil {
		return nil, errors.New("wrong prefix")
	}
	return []byte(plain), s.failure
}

func TestTransactionRoundTrip(t *testing.T) {
	for name, required := range map[string]requirements{
		"no requirements":     {},
		"MFA":                 {mfa: true},
		"a connection":        {connection: "github"},
		"all, maximum length": {mfa: true, connection: strings.Repeat("c", 128)},
	} {
		x := newTransaction(httpapi.Caller{}, "https://app.example.com/cb", required, "/account")
		back, err := decodeTransaction(x.encode())
		if err != nil || back != x {
			t.Errorf("%s: %+v became %+v, %v", name, x, back, err)
		}
	}
	x := newTransaction(httpapi.Caller{}, "https://app.example.com/cb", requirements{}, "/account")
	if _, ok := x.redirectURI([]string{"https://other.example.com/cb"}); ok {
		t.Error("got a redirect URI that is no longer allowed")
	}
	if uri, ok := x.redirectURI([]string{"x", "https://app.example.com/cb"}); !ok || uri != "https://app.example.com/cb" {
		t.Errorf("the redirect URI is %q", uri)
	}
	if n, v := x.nonce(), x.verifier(); n == v || len(v) != 43 || n == newTransaction(httpapi.Caller{}, "", requirements{}, "").nonce() {
		t.Errorf("nonce %q, verifier %q", n, v)
	}
}

// A front-end can use many sessions of its role.
func TestTransactionBelongsToAFrontEnd(t *testing.T) {
	role := func(account, name, session string) httpapi.Caller {
		return httpapi.Caller{Account: account, ID: "arn:aws:sts::" + account + ":assumed-role/" + name + "/" + session}
	}
	shop := role("123456789012", "shop", "i-1")
	tests := map[string]struct {
		by, caller httpapi.Caller
		want       bool
	}{
		"the same":                            {shop, shop, true},
		"another session":                     {shop, role("123456789012", "shop", "i-2"), true},
		"another role":                        {shop, role("123456789012", "shops", "i-1"), false},
		"another account":                     {shop, role("123456789013", "shop", "i-1"), false},
		"no caller":                           {shop, httpapi.Caller{}, false},
		"begun and finished without a caller": {httpapi.Caller{}, httpapi.Caller{}, true},
		"begun without a caller":              {httpapi.Caller{}, shop, false},
		"the same client":                     {httpapi.Caller{ID: "shop"}, httpapi.Caller{ID: "shop"}, true},
		"another client":                      {httpapi.Caller{ID: "shop"}, httpapi.Caller{ID: "shop2"}, false},
		"the same role without an account":    {shop, httpapi.Caller{ID: shop.ID}, false},
		"a session named like a role":         {shop, role("123456789012", "evil", "assumed-role/shop/i-1"), false},
	}
	for name, tt := range tests {
		x, err := decodeTransaction(newTransaction(tt.by, "https://app.example.com/cb", requirements{}, "").encode())
		if err != nil || x.begunBy(tt.caller) != tt.want {
			t.Errorf("%s: %v, %v", name, x.begunBy(tt.caller), err)
		}
	}
}

func TestDecodeTransactionRefuses(t *testing.T) {
	for n := range fixedBytes {
		if _, err := decodeTransaction(make([]byte, n)); err == nil {
			t.Errorf("%d bytes are accepted as a transaction", n)
		}
	}
	head := make([]byte, secretBytes+2*hashBytes)
	for name, rest := range map[string]string{
		"a path instead of flags, as in old versions": "/account/settings",
		"an unknown flag":        "\x02\x00/",
		"a truncated connection": "\x00\x07github",
	} {
		if x, err := decodeTransaction(append(head, rest...)); err == nil {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

func TestTicketRoundTrip(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a, b := newTicket(now), newTicket(now)
	if a.name() == b.name() {
		t.Error("two sign-ins have the same name")
	}
	back, rest, err := decodeTicket(append(a.encode(), "rest"...))
	if err != nil || back.name() != a.name() || !back.expiry.Equal(now.Add(10*time.Minute)) || !back.begun().Equal(now) || string(rest) != "rest" {
		t.Errorf("%+v became %+v, %q, %v", a, back, rest, err)
	}
	for n := range idBytes + expiryBytes {
		if _, _, err := decodeTicket(make([]byte, n)); err == nil {
			t.Errorf("%d bytes are accepted as a ticket", n)
		}
	}
}

// This version finishes sign-ins of the previous version. The previous version cannot open
// a cookie of this version: it would use up the code and then reject the nonce.
func TestCookiesOfThePreviousVersion(t *testing.T) {
	const uri = "http://127.0.0.1:3000/callback"
	x, tick := newTransaction(httpapi.Caller{}, uri, requirements{mfa: true}, "/account"), newTicket(time.Now())
	for purpose, opens := range map[string]bool{cookiePurpose: true, previousCookiePurpose: true, "sign-in-cookie-2": false, statePurpose: false} {
		r := httptest.NewRequest("GET", "/callback", nil)
		value, _ := asciiSealer{}.Seal(t.Context(), purpose, tick.name(), x.encode())
		r.AddCookie(&http.Cookie{Name: plainCookie(tick), Value: value})
		got, err := openCookie(t.Context(), asciiSealer{}, r, tick, []string{uri})
		if (err == nil) != opens || opens && got.transaction != x {
			t.Errorf("%s: %+v, %v", purpose, got, err)
		}
	}
	if cookiePurpose == previousCookiePurpose || nonce.Bare(x.nonce()) != x.nonce() {
		t.Error("the cookie purpose or the nonce is the same as in the previous version")
	}
}

// asciiSealer is plainSealer with hexadecimal output, which is valid in a cookie.
type asciiSealer struct{}

func (asciiSealer) Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error) {
	sealed, err := plainSealer{}.Seal(ctx, purpose, binding, plain)
	return hex.EncodeToString([]byte(sealed)), err
}

func (asciiSealer) Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error) {
	text, _ := hex.DecodeString(sealed)
	return plainSealer{}.Open(ctx, purpose, binding, string(text))
}

func TestOpenTicket(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	good, _ := plainSealer{}.Seal(t.Context(), statePurpose, "", newTicket(now).encode())
	cookie, _ := plainSealer{}.Seal(t.Context(), cookiePurpose, "", newTicket(now).encode())
	down := problem.ServiceUnavailable.New("down")
	tests := map[string]struct {
		state  string
		sealer plainSealer
		at     time.Time
		want   string
	}{
		"good":                   {good, plainSealer{}, now, ""},
		"just before the expiry": {good, plainSealer{}, now.Add(10*time.Minute - time.Second), ""},
		"at the expiry":          {good, plainSealer{}, now.Add(10 * time.Minute), "state-expired"},
		"missing":                {"", plainSealer{}, now, "state-missing"},
		"a foreign state":        {"x", plainSealer{}, now, "state-invalid"},
		"a cookie":               {cookie, plainSealer{}, now, "state-invalid"},
		"too short":              {statePurpose + "||short", plainSealer{}, now, "state-invalid"},
		"keys unavailable":       {good, plainSealer{failure: down}, now, "service-unavailable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := openTicket(t.Context(), tt.sealer, tt.state, tt.at)
			got := ""
			if err != nil {
				got = problem.From(err).Kind.Code
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Decoding and encoding any decrypted state or cookie returns the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add(newTicket(time.Unix(0, 0)).encode())
	f.Add(newTransaction(httpapi.Caller{}, "https://app.example.com/cb", requirements{}, "/x").encode())
	f.Add(newTransaction(httpapi.Caller{}, "https://app.example.com/cb", requirements{mfa: true, connection: "github"}, "").encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, plain []byte) {
		if ticket, rest, err := decodeTicket(plain); err == nil && !bytes.Equal(append(ticket.encode(), rest...), plain) {
			t.Errorf("ticket %x became %x", plain, ticket.encode())
		}
		if x, err := decodeTransaction(plain); err == nil && !bytes.Equal(x.encode(), plain) {
			t.Errorf("transaction %x became %x", plain, x.encode())
		}
	})
}
