package localtenant

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image/png"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

const totpStep = 30 * time.Second

var totpEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// newTOTPSecret makes 160 random bits, as RFC 4226 recommends.
func newTOTPSecret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	return totpEncoding.EncodeToString(b)
}

// TOTP is the code of a secret at a time (RFC 6238: SHA-1, 6 digits, 30 seconds),
// for tests that play the authenticator.
func TOTP(secret string, at time.Time) (string, error) {
	return totp(secret, at.Unix()/int64(totpStep/time.Second))
}

func totp(secret string, step int64) (string, error) {
	clean := strings.TrimRight(strings.ToUpper(strings.ReplaceAll(secret, " ", "")), "=")
	key, err := totpEncoding.DecodeString(clean)
	if err != nil {
		return "", fmt.Errorf("TOTP secret: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, step) // writing to a hash cannot fail
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000), nil
}

// accepts takes a code of now or of a step to either side, once.
func (f *factor) accepts(code string, now time.Time) bool {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	current := now.Unix() / int64(totpStep/time.Second)
	for step := current - 1; step <= current+1; step++ {
		want, err := totp(f.Secret, step)
		if err == nil && step > f.lastStep && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			f.lastStep, f.LastAuth = step, now
			return true
		}
	}
	return false
}

// keyURI is what the QR code of an enrolment says.
func (f *factor) keyURI(account string) string {
	return "otpauth://totp/" + url.PathEscape("Local tenant:"+account) + "?secret=" + f.Secret +
		"&issuer=Local%20tenant&algorithm=SHA1&digits=6&period=30"
}

// quietZone is the light border of a QR code, in modules (ISO/IEC 18004).
const quietZone = 4

// qrCode draws the QR code of a text as a PNG image in base64, one pixel for each
// module. The page scales it.
func qrCode(text string) (string, error) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("encode a QR code: %w", err)
	}
	size := code.Bounds().Dx() + 2*quietZone
	if code, err = barcode.Scale(code, size, size); err != nil { // adds the border
		return "", fmt.Errorf("scale a QR code: %w", err)
	}
	var image bytes.Buffer
	if err := png.Encode(&image, code); err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	return base64.StdEncoding.EncodeToString(image.Bytes()), nil
}
