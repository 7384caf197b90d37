package usher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Signed signs calls with AWS Signature Version 4 for API Gateway.
func Signed(credentials aws.CredentialsProvider, region string) Authorize {
	signer := v4.NewSigner()
	return func(r *http.Request, body []byte) error {
		pair, err := credentials.Retrieve(r.Context())
		if err != nil {
			return fmt.Errorf("find AWS credentials: %w", err)
		}
		hash := sha256.Sum256(body)
		return signer.SignHTTP(r.Context(), pair, r, hex.EncodeToString(hash[:]), "execute-api", region, time.Now())
	}
}

// SignedHere signs with the credentials that every AWS SDK finds on this machine: on AWS, those
// of the task's or the machine's role, which the SDK renews.
func SignedHere(ctx context.Context) (Authorize, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("signing needs a region: set AWS_REGION")
	}
	return Signed(cfg.Credentials, cfg.Region), nil
}
