package users

import (
	"crypto/rand"
	"strings"
)

// randomPassword returns the password of a user who will set their own by a reset. It has
// 256 random bits, a character of each class that a policy can require, and at most the
// 72 bytes that bcrypt reads.
func randomPassword() string {
	for {
		password := "aZ7-" + rand.Text() + rand.Text()
		if !hasTriple(password) { // the strictest policy rejects "aaa"
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
