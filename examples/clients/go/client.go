package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"

	"example.com/usher-client/usher"
)

// newClient reads the address from USHER_URL. With USHER_SIGV4=1 it signs, with the region and
// the credentials of AWS's own tools. With USHER_TOKEN it sends that token.
func newClient(ctx context.Context) (*usher.ClientWithResponses, error) {
	base := os.Getenv("USHER_URL")
	if base == "" {
		return nil, errors.New("set USHER_URL to Usher's address")
	}
	options := []usher.ClientOption{usher.WithHTTPClient(&http.Client{
		Timeout: 10 * time.Second,
		// No other host may get the signature or the token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})}
	if os.Getenv("USHER_SIGV4") == "1" {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return nil, err
		}
		if cfg.Region == "" {
			return nil, errors.New("set AWS_REGION to Usher's region")
		}
		options = append(options, usher.WithRequestEditorFn(signer(cfg)))
	} else if token := os.Getenv("USHER_TOKEN"); token != "" {
		options = append(options, usher.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	}
	return usher.NewClientWithResponses(base, options...)
}

// signer signs with AWS Signature Version 4.
func signer(cfg aws.Config) usher.RequestEditorFn {
	s := v4.NewSigner()
	return func(ctx context.Context, r *http.Request) error {
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return fmt.Errorf("read the body: %w", err)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		credentials, err := cfg.Credentials.Retrieve(ctx) // each time: a role's are renewed
		if err != nil {
			return err
		}
		hash := sha256.Sum256(body)
		return s.SignHTTP(ctx, credentials, r, hex.EncodeToString(hash[:]), "execute-api", cfg.Region, time.Now())
	}
}
