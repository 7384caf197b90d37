// Package vpcendpoint looks at VPC endpoints, for the doctor. It asks EC2's query
// API by itself: the AWS SDK's package for EC2 takes minutes to compile, and this
// is one call with four fields.
package vpcendpoint

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Endpoint is what EC2 tells of a VPC endpoint.
type Endpoint struct {
	ID         string `xml:"vpcEndpointId"`
	Service    string `xml:"serviceName"`     // "com.amazonaws.eu-central-1.execute-api"
	Type       string `xml:"vpcEndpointType"` // "Interface"
	State      string `xml:"state"`           // "available"
	PrivateDNS bool   `xml:"privateDnsEnabled"`
}

// Error is an answer of EC2's that is none.
type Error struct {
	Status int
	Code   string // "InvalidVpcEndpointId.NotFound"
}

func (e *Error) Error() string { return fmt.Sprintf("EC2 answered %d %q", e.Status, e.Code) }

// ErrNoAccess says that the environment has no region or no credentials to ask
// with.
var ErrNoAccess = errors.New("no AWS region or credentials")

// maxAnswer is far more than EC2 says about one endpoint.
const maxAnswer = 1 << 20

// Describe describes one endpoint, in the region and with the credentials of the
// environment. getenv is asked for where EC2 is, as the SDKs do
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func Describe(ctx context.Context, id string, getenv func(string) string) (Endpoint, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil || cfg.Region == "" {
		return Endpoint{}, ErrNoAccess
	}
	credentials, err := cfg.Credentials.Retrieve(ctx)
	if err != nil { // there are none, or they have expired
		return Endpoint{}, fmt.Errorf("%w: %w", ErrNoAccess, err)
	}
	address := cmp.Or(getenv("AWS_ENDPOINT_URL_EC2"), getenv("AWS_ENDPOINT_URL"), "https://ec2."+cfg.Region+"."+domainOf(cfg.Region))
	request, err := signed(ctx, address, id, credentials, cfg.Region)
	if err != nil {
		return Endpoint{}, err
	}
	resp, err := cfg.HTTPClient.Do(request)
	if err != nil {
		return Endpoint{}, fmt.Errorf("ask EC2: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return Endpoint{}, fmt.Errorf("read EC2's answer: %w", err)
	}
	return read(resp.StatusCode, body, id)
}

// domainOf is under which name a region's services are.
func domainOf(region string) string {
	if strings.HasPrefix(region, "cn-") {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

func signed(ctx context.Context, address, id string, credentials aws.Credentials, region string) (*http.Request, error) {
	form := url.Values{"Action": {"DescribeVpcEndpoints"}, "Version": {"2016-11-15"}, "VpcEndpointId.1": {id}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form))
	if err != nil {
		return nil, fmt.Errorf("ask EC2: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	hash := sha256.Sum256([]byte(form))
	if err := v4.NewSigner().SignHTTP(ctx, credentials, r, hex.EncodeToString(hash[:]), "ec2", region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign the request to EC2: %w", err)
	}
	return r, nil
}

// read reads an answer: one endpoint, or an error.
func read(status int, body []byte, id string) (Endpoint, error) {
	if status != http.StatusOK {
		var failed struct {
			Code string `xml:"Errors>Error>Code"`
		}
		_ = xml.Unmarshal(body, &failed) // what is no error of EC2's has no code
		return Endpoint{}, &Error{Status: status, Code: failed.Code}
	}
	var answer struct {
		Endpoints []Endpoint `xml:"vpcEndpointSet>item"`
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		return Endpoint{}, fmt.Errorf("read EC2's answer: %w", err)
	}
	for _, e := range answer.Endpoints {
		if e.ID == id {
			return e, nil
		}
	}
	return Endpoint{}, &Error{Status: status, Code: NotFound}
}

// NotFound is EC2's code for an endpoint that is not there.
const NotFound = "InvalidVpcEndpointId.NotFound"
