package localtenant_test

import (
	"bytes"
	"encoding/base64"
	"html"
	"image/png"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"usher/localtenant/tenanttest"
)

// scan reads the QR code in a PNG image, as an authenticator app does.
func scan(t *testing.T, image []byte, hints map[gozxing.DecodeHintType]any) string {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	text, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		t.Fatalf("scan the QR code: %v", err)
	}
	return text.GetText()
}

var drawnCode = regexp.MustCompile(`<img class="qr"[^>]* src="data:image/png;base64,([^"]+)"`)

// scanPage reads the QR code of a page.
func scanPage(t *testing.T, body string) *url.URL {
	t.Helper()
	drawn := drawnCode.FindStringSubmatch(body)
	if drawn == nil {
		t.Fatalf("no QR code: %s", body)
	}
	image, err := base64.StdEncoding.DecodeString(html.UnescapeString(drawn[1]))
	if err != nil {
		t.Fatal(err)
	}
	pure := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true} // one pixel for each module
	return mustParse(t, scan(t, image, pure))
}

// The QR code holds the account's key, in the form that authenticator apps read.
func TestQRCode(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	for name, email := range map[string]string{
		"a short address": "x@example.com",
		"a long address":  strings.Repeat("x", 64) + "@" + strings.Repeat(strings.Repeat("y", 60)+".", 3) + "example",
		"odd letters":     "o'hara+50%/=?&#@example.com",
	} {
		t.Run(name, func(t *testing.T) {
			user := a.obj("POST", "/api/v2/users", map[string]any{"connection": "Username-Password-Authentication", "email": email, "password": goodPassword}, 201)
			ticket := a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": user["user_id"]}, 200)
			p := newBrowser(t, s).get(ticket["ticket_url"].(string))
			key := scanPage(t, p.body)
			if key.Scheme != "otpauth" || key.Host != "totp" || key.Path != "/Local tenant:"+email {
				t.Errorf("key %s", key)
			}
			q := key.Query()
			if secret := q.Get("secret"); len(secret) != 32 || !strings.Contains(p.body, `id="secret">`+secret+`<`) {
				t.Errorf("the code's secret %q is not the page's", secret)
			}
			if q.Get("issuer") != "Local tenant" || q.Get("algorithm") != "SHA1" || q.Get("digits") != "6" || q.Get("period") != "30" {
				t.Errorf("parameters %v", q)
			}
		})
	}
}
