package localtenant

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// factor is a second factor of a user, or the place that a code is sent to: what
// the Management API calls an authentication method.
type factor struct {
	ID        string // of the device, dev_…
	Type      string // totp, phone, email, webauthn-roaming, passkey, push
	Name      string
	Email     string
	Phone     string
	Preferred string // sms or voice, of a phone
	KeyID     string
	PublicKey string
	Party     string // relying party of a key
	Secret    string // of a TOTP, base32
	Confirmed bool
	CreatedAt time.Time
	LastAuth  time.Time
	lastStep  int64 // of the last TOTP that was taken; each is good once
}

// newFactor makes a confirmed factor, which is not a user's yet.
func (t *Tenant) newFactor(kind string) *factor {
	return &factor{ID: "dev_" + randomID(16), Type: kind, Confirmed: true, CreatedAt: t.now()}
}

// newTOTP makes an authenticator app to enrol.
func (t *Tenant) newTOTP() *factor {
	f := t.newFactor("totp")
	f.Secret = newTOTPSecret()
	return f
}

func (f *factor) id() string { return f.Type + "|" + f.ID }

// document is a factor as reading shows it: with what it sends codes to masked.
func (f *factor) document() map[string]any {
	doc := f.created(true)
	doc["confirmed"] = f.Confirmed
	if !f.LastAuth.IsZero() {
		doc["last_auth_at"] = f.LastAuth.Format(timeFormat)
	}
	return doc
}

// created is a factor as creating and changing answer it.
func (f *factor) created(masked bool) map[string]any {
	doc := map[string]any{"id": f.id(), "type": f.Type, "created_at": f.CreatedAt.Format(timeFormat)}
	email, phone := f.Email, f.Phone
	if masked {
		email, phone = maskEmail(email), maskPhone(phone)
	}
	addTexts(doc, map[string]string{
		"name": f.Name, "email": email, "phone_number": phone, "preferred_authentication_method": f.Preferred,
		"key_id": f.KeyID, "public_key": f.PublicKey, "relying_party_identifier": f.Party,
	})
	if f.Type == "phone" {
		method := cmp.Or(f.Preferred, "sms")
		doc["authentication_methods"] = []any{map[string]any{"id": method + "|" + f.ID, "type": method}}
	}
	return doc
}

// maskEmail hides the end of the local part and of the domain, as Auth0 does.
func maskEmail(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok {
		return ""
	}
	shown := domain[:min(4, len(domain))]
	return local[:max(0, len(local)-4)] + "****@" + shown + strings.Repeat("*", len(domain)-len(shown))
}

func maskPhone(phone string) string {
	hidden := max(0, len(phone)-4)
	return strings.Repeat("X", hidden) + phone[hidden:]
}

// removeFactors takes away a user's factors that fit. Without any left there is
// no recovery code either.
func (t *Tenant) removeFactors(userID string, fits func(*factor) bool) {
	t.factors[userID] = slices.DeleteFunc(t.factors[userID], fits)
	if len(t.factors[userID]) == 0 {
		delete(t.factors, userID)
		delete(t.recovery, userID)
	}
}
