package console_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/cmd/internal/console"
)

var (
	secretText = regexp.MustCompile(`id="secret">([A-Z2-7 ]+)<`)
	formTarget = regexp.MustCompile(`<form method="post" action="([^"]+)">`)
	hiddenText = regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`)
	buttonLink = regexp.MustCompile(`class="button" href="([^"]+)"`)
)

// code is the code of an authenticator app (RFC 6238).
func code(t *testing.T, secret string) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	if err := binary.Write(mac, binary.BigEndian, time.Now().Unix()/30); err != nil {
		t.Fatal(err)
	}
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1000000)
}

// A person who gives a second factor is signed in.
func TestSignInWithASecondFactor(t *testing.T) {
	w := newWorld(t, func(o *console.Options) { o.WithoutMFA = false })
	b := w.newBrowser()
	page := b.signIn(supportEmail)
	secret, target, hidden := secretText.FindStringSubmatch(page.body), formTarget.FindStringSubmatch(page.body), hiddenText.FindStringSubmatch(page.body)
	if secret == nil || target == nil || hidden == nil {
		t.Fatal(page.body)
	}
	page = b.send(b.request("POST", w.tenant.URL+html.UnescapeString(target[1]), url.Values{hidden[1]: {hidden[2]}, "code": {code(t, secret[1])}}))
	if next := buttonLink.FindStringSubmatch(page.body); next != nil { // after the recovery code is shown
		page = b.send(b.request("GET", w.tenant.URL+html.UnescapeString(next[1]), nil))
	}
	if page.url != w.url+"/users" {
		t.Errorf("at %s: %s", page.url, page.body)
	}
	page.has(t, "Hedy Lamarr", "ada@example.com")
}
