// Package vpcendpoint describes VPC endpoints. It calls EC2's query API directly, because the AWS
// SDK's package for EC2 takes minutes to compile.
package vpcendpoint

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Endpoint is EC2's description of a VPC endpoint.
type Endpoint struct {
	ID         string `xml:"vpcEndpointId"`
	Service    string `xml:"serviceName"`     // "com.amazonaws.eu-central-1.execute-api"
	Type       string `xml:"vpcEndpointType"` // "Interface"
	State      string `xml:"state"`           // "available"
	PrivateDNS bool   `xml:"privateDnsEnabled"`
}

// Error is an error response of EC2.
type Error struct {
	Status int
	Code   string // "InvalidVpcEndpointId.NotFound"
}

func (e *Error) Error() string { return fmt.Sprintf("EC2 answered %d %q", e.Status, e.Code) }

// NotFound is EC2's code for a missing endpoint.
const NotFound = "InvalidVpcEndpointId.NotFound"

// ErrNoAccess means that the environment has no region or no credentials.
var ErrNoAccess = errors.New("no AWS region or credentials")

// Describe describes one endpoint, in the region and with the credentials of the environment. It
// reads EC2's address with getenv, as the SDKs do
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
	address := "https://ec2." + cfg.Region + ".amazonaws.com"
	if strings.HasPrefix(cfg.Region, "cn-") {
		address += ".cn"
	}
	address = cmp.Or(getenv("AWS_ENDPOINT_URL_EC2"), getenv("AWS_ENDPOINT_URL"), address)
	form := url.Values{"Action": {"DescribeVpcEndpoints"}, "Version": {"2016-11-15"}, "VpcEndpointId.1": {id}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form))
	if err != nil {
		return Endpoint{}, fmt.Errorf("ask EC2: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(form)))
	if err := v4.NewSigner().SignHTTP(ctx, credentials, r, hash, "ec2", cfg.Region, time.Now()); err != nil {
		return Endpoint{}, fmt.Errorf("sign the request to EC2: %w", err)
	}
	resp, err := cfg.HTTPClient.Do(r)
	if err != nil {
		return Endpoint{}, fmt.Errorf("ask EC2: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return Endpoint{}, fmt.Errorf("read EC2's answer: %w", err)
	}
	return read(resp.StatusCode, body, id)
}

// read reads a response: one endpoint, or an error.
func read(status int, body []byte, id string) (Endpoint, error) {
	var response struct {
		Endpoints []Endpoint `xml:"vpcEndpointSet>item"`
		Code      string     `xml:"Errors>Error>Code"`
	}
	err := xml.Unmarshal(body, &response)
	switch {
	case status != http.StatusOK: // a proxy's response has no code
		return Endpoint{}, &Error{Status: status, Code: response.Code}
	case err != nil:
		return Endpoint{}, fmt.Errorf("read EC2's answer: %w", err)
	}
	for _, e := range response.Endpoints {
		if e.ID == id {
			return e, nil
		}
	}
	return Endpoint{}, &Error{Status: status, Code: NotFound}
}
