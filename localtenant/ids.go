package localtenant

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// objectID makes 24 hex digits that begin with the time, as Auth0's database
// users have them: ids made later sort later.
func objectID(now time.Time) string {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:4], uint32(now.Unix()))
	_, _ = rand.Read(b[4:])
	return hex.EncodeToString(b[:])
}

// randomID makes n letters and digits.
func randomID(n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	out := make([]byte, 0, n)
	b := make([]byte, 2*n)
	for len(out) < n {
		_, _ = rand.Read(b)
		for _, c := range b {
			// 248 is the largest multiple of 62 in a byte: no letter is likelier than another.
			if c < 248 && len(out) < n {
				out = append(out, alphabet[c%62])
			}
		}
	}
	return string(out)
}
