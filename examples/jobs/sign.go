package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

// awsSigner signs calls with AWS Signature Version 4. The credentials are those that every AWS SDK finds.
func awsSigner(ctx context.Context) (func(*http.Request, []byte) error, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("signing needs a region: set AWS_REGION")
	}
	signer := v4.NewSigner()
	return func(r *http.Request, body []byte) error {
		credentials, err := cfg.Credentials.Retrieve(r.Context()) // each time: a role's are renewed
		if err != nil {
			return fmt.Errorf("find AWS credentials: %w", err)
		}
		hash := sha256.Sum256(body)
		return signer.SignHTTP(r.Context(), credentials, r, hex.EncodeToString(hash[:]), "execute-api", cfg.Region, time.Now())
	}, nil
}
