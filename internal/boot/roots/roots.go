// Package roots shortens the first TLS handshake of a process.
package roots

import (
	"cmp"
	"os"
)

// bundle is the file of Amazon Linux with all certificate authorities.
const bundle = "/etc/pki/tls/certs/ca-bundle.crt"

// none is a folder that does not exist.
const none = "/none"

// ReadOnce makes Go read the system's certificate authorities once. By default, Go reads the file with
// all of them and then every file in /etc/ssl/certs and /etc/pki/tls/certs (crypto/x509, root_linux.go).
// Amazon Linux has the same file in both folders, and parsing it takes milliseconds of the first
// handshake. Call ReadOnce before it.
//
// A folder that is set in SSL_CERT_DIR is read, and so are the folders of a system without the file.
func ReadOnce() {
	if _, err := os.Stat(cmp.Or(os.Getenv("SSL_CERT_FILE"), bundle)); err != nil || os.Getenv("SSL_CERT_DIR") != "" {
		return // Go finds them elsewhere
	}
	_ = os.Setenv("SSL_CERT_DIR", none) // fails only for a malformed name
}
