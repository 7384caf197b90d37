package users

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"usher/internal/problem"
)

// Mark is how a user is known again who was created under an Idempotency-Key.
// No two users can have the same id, and that is what makes creating one happen
// once: nothing else is stored.
type Mark struct {
	ID          string // what the user's id is made of
	Fingerprint string // of what was asked for, without the password
}

// wish is what a mark is made of.
type wish struct {
	frontEnd   string
	connection string
	key        string // the Idempotency-Key
	asked      string // see createBody.asked
}

const purposeOfKeys = "idempotency"

// idBytes is how much of an HMAC a user's id is made of: 160 bits.
const idBytes = 20

func (w wish) marks(keys [][]byte) []Mark {
	marks := make([]Mark, len(keys))
	for i, key := range keys {
		marks[i] = Mark{
			ID:          hex.EncodeToString(mac(key, "id", w.frontEnd, w.connection, w.key)[:idBytes]),
			Fingerprint: base64.RawURLEncoding.EncodeToString(mac(key, "body", w.asked)),
		}
	}
	return marks
}

// mac is an HMAC over texts that cannot run into each other.
func mac(key []byte, texts ...string) []byte {
	encoded, _ := json.Marshal(texts) // texts always encode
	h := hmac.New(sha256.New, key)
	h.Write(encoded)
	return h.Sum(nil)
}

// asked is what makes two requests the same: all that was decoded, but for the
// password, of which not even a keyed hash is to be kept. Members that are not
// there leave no trace, so that those of later versions do not make another
// request of the same.
func (b createBody) asked() (string, error) {
	b.Password = nil
	text, err := json.Marshal(b) // members in order, maps by key
	if err != nil {
		return "", fmt.Errorf("encode the request for its fingerprint: %w", err)
	}
	return string(text), nil
}

// visible is the form of an Idempotency-Key.
var visible = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

// idempotencyKey reads the header, "" where it is left out.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || !visible.MatchString(values[0]) {
		return "", problem.Invalid("Idempotency-Key", "must be one value of 1 to 255 visible ASCII characters")
	}
	return values[0], nil
}
