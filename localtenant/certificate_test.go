package localtenant_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"usher/localtenant"
)

func TestCertificate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	var first []byte
	for range 2 { // the second time with the CA that is there
		cert, err := localtenant.Certificate(dir, "tenant.test")
		if err != nil {
			t.Fatal(err)
		}
		ca, err := os.ReadFile(filepath.Join(dir, localtenant.CAFile))
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && string(first) != string(ca) {
			t.Error("the CA changed")
		}
		first = ca
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
		if err != nil {
			t.Fatal(err)
		}
		base := "https://" + l.Addr().String()
		tenant, err := localtenant.New(localtenant.Options{BaseURL: base, Empty: true})
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: tenant}
		go func() { _ = srv.Serve(l) }()
		t.Cleanup(func() { _ = srv.Close() })
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(ca)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		for _, host := range []string{"127.0.0.1", "localhost"} {
			resp, err := client.Get("https://" + host + ":" + port + "/.well-known/openid-configuration")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		if _, err := http.Get(base); err == nil {
			t.Error("trusted without the CA")
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "ca-key.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the CA's key: %v %v", info, err)
	}
	if err := os.WriteFile(filepath.Join(dir, localtenant.CAFile), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := localtenant.Certificate(dir); err == nil {
		t.Error("a broken CA was taken")
	}
}
