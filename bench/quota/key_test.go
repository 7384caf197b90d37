//go:build !race

package quota

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
)

// key is the tenant's signing key. Making one takes long.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	made, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return made
})
