package roots

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadOnce(t *testing.T) {
	there := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ file, dir, want string }{
		"a file":                {there, "", none},
		"a file and folders":    {there, "/etc/own:/etc/other", "/etc/own:/etc/other"},
		"a file that is absent": {there + "x", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SSL_CERT_FILE", tt.file)
			t.Setenv("SSL_CERT_DIR", tt.dir)
			ReadOnce()
			if got := os.Getenv("SSL_CERT_DIR"); got != tt.want {
				t.Errorf("SSL_CERT_DIR is %q, want %q", got, tt.want)
			}
		})
	}
}
