// Package awsapi sends signed requests to AWS. It does not use the service packages of the AWS
// SDK, because the package for EC2 takes minutes to compile.
package awsapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Service is a service of AWS.
type Service struct {
	Name     string // for people: "API Gateway"
	endpoint string // of addresses and signatures: "apigateway"
	variable string // of AWS_ENDPOINT_URL_…
	version  string // of a query API
	global   bool   // one address for all regions
}

// The services.
var (
	APIGateway     = Service{Name: "API Gateway", endpoint: "apigateway", variable: "API_GATEWAY"}
	CloudFormation = Service{Name: "CloudFormation", endpoint: "cloudformation", variable: "CLOUDFORMATION", version: "2010-05-15"}
	EC2            = Service{Name: "EC2", endpoint: "ec2", variable: "EC2", version: "2016-11-15"}
	IAM            = Service{Name: "IAM", endpoint: "iam", variable: "IAM", version: "2010-05-08", global: true}
	Lambda         = Service{Name: "Lambda", endpoint: "lambda", variable: "LAMBDA"}
	SecretsManager = Service{Name: "Secrets Manager", endpoint: "secretsmanager", variable: "SECRETS_MANAGER"}
)

// Error is an error response.
type Error struct {
	Service string
	Status  int
	Code    string // "InvalidVpcEndpointId.NotFound"; "" of a proxy's response
}

func (e *Error) Error() string { return fmt.Sprintf("%s answered %d %q", e.Service, e.Status, e.Code) }

// Code returns the code of an error response, or "".
func Code(err error) string {
	if refused, ok := errors.AsType[*Error](err); ok {
		return refused.Code
	}
	return ""
}

// ErrNoAccess means that there is no region or there are no credentials.
var ErrNoAccess = errors.New("no AWS region or credentials")

// Client sends requests to one region.
type Client struct {
	Region      string
	credentials aws.Credentials
	http        aws.HTTPClient
	getenv      func(string) string
}

// New takes the credentials from the environment, and the region too if region is "". It reads the
// addresses of services with getenv, as the SDKs do
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func New(ctx context.Context, region string, getenv func(string) string) (*Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region)) // "" means that of the environment
	if err != nil || cfg.Region == "" {
		return nil, ErrNoAccess
	}
	credentials, err := cfg.Credentials.Retrieve(ctx)
	if err != nil { // there are none, or they have expired
		return nil, fmt.Errorf("%w: %w", ErrNoAccess, err)
	}
	return &Client{Region: cfg.Region, credentials: credentials, http: cfg.HTTPClient, getenv: getenv}, nil
}

// at returns the address of a service and the region of its signatures.
func (c *Client) at(s Service) (address, region string) {
	region = c.Region
	host := s.endpoint + "." + region + ".amazonaws.com"
	if s.global { // https://docs.aws.amazon.com/general/latest/gr/iam-service.html
		region, host = "us-east-1", s.endpoint+".amazonaws.com"
	}
	switch {
	case strings.HasPrefix(c.Region, "cn-") && s.global:
		region, host = "cn-north-1", s.endpoint+".cn-north-1.amazonaws.com.cn"
	case strings.HasPrefix(c.Region, "cn-"):
		host += ".cn"
	case strings.HasPrefix(c.Region, "us-gov-") && s.global:
		region, host = "us-gov-west-1", s.endpoint+".us-gov.amazonaws.com"
	}
	return cmp.Or(c.getenv("AWS_ENDPOINT_URL_"+s.variable), c.getenv("AWS_ENDPOINT_URL"), "https://"+host), region
}

// response is what the readers need of a response.
type response struct {
	status    int
	errorType string // the header with the code of an error
	body      []byte
}

// send signs a request and returns the response.
func (c *Client) send(ctx context.Context, s Service, method, path string, header map[string]string, body []byte) (response, error) {
	address, region := c.at(s)
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(address, "/")+path, bytes.NewReader(body))
	if err != nil {
		return response{}, fmt.Errorf("ask %s: %w", s.Name, err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(body))
	if err := v4.NewSigner().SignHTTP(ctx, c.credentials, r, hash, s.endpoint, region, time.Now()); err != nil {
		return response{}, fmt.Errorf("sign the request to %s: %w", s.Name, err)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return response{}, fmt.Errorf("ask %s: %w", s.Name, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return response{}, fmt.Errorf("read the answer of %s: %w", s.Name, err)
	}
	return response{resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"), answer}, nil
}
