package web

import (
	"crypto/sha256"
	"encoding/hex"
)

// loggedID returns a hash of a user's ID for the log, because an ID can contain personal data. It
// is the hash in Usher's log: printf %s "$ID" | sha256sum | cut -c 1-16
func loggedID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:8])
}

func (s *Site) logCall(err error) { s.Log.Warn("a call failed", "error", err.Error()) }
