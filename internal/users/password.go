package users

import (
	"crypto/rand"
	"strings"
)

// randomPassword returns a password that nobody knows, for a user who will set
// one by a reset: 256 random bits, and a character of each class that a
// policy may ask for. It stays below the 72 bytes that bcrypt reads.
func randomPassword() string {
	for {
		password := "aZ7-" + rand.Text() + rand.Text()
		if !hasTriple(password) { // the strictest policy refuses "aaa"
			return password
		}
	}
}

func hasTriple(s string) bool {
	for i := range len(s) - 2 {
		if strings.Count(s[i:i+3], s[i:i+1]) == 3 {
			return true
		}
	}
	return false
}
