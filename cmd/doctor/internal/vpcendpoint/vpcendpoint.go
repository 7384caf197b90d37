// Package vpcendpoint describes VPC endpoints.
package vpcendpoint

import (
	"context"
	"net/http"
	"net/url"

	"usher/cmd/doctor/internal/awsapi"
)

// Endpoint is EC2's description of a VPC endpoint.
type Endpoint struct {
	ID         string `xml:"vpcEndpointId"`
	Service    string `xml:"serviceName"`     // "com.amazonaws.eu-central-1.execute-api"
	Type       string `xml:"vpcEndpointType"` // "Interface"
	State      string `xml:"state"`           // "available"
	PrivateDNS bool   `xml:"privateDnsEnabled"`
	Tags       []Tag  `xml:"tagSet>item"`
}

// Tag is a tag of an endpoint.
type Tag struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

// NotFound is EC2's code for a missing endpoint.
const NotFound = "InvalidVpcEndpointId.NotFound"

// Describe describes one endpoint.
func Describe(ctx context.Context, client *awsapi.Client, id string) (Endpoint, error) {
	all, err := describe(ctx, client, url.Values{"VpcEndpointId.1": {id}})
	if err != nil {
		return Endpoint{}, err
	}
	for _, e := range all {
		if e.ID == id {
			return e, nil
		}
	}
	return Endpoint{}, &awsapi.Error{Service: awsapi.EC2.Name, Status: http.StatusOK, Code: NotFound}
}

// Of describes the endpoints of a VPC for a service.
func Of(ctx context.Context, client *awsapi.Client, vpc, service string) ([]Endpoint, error) {
	return describe(ctx, client, url.Values{
		"Filter.1.Name": {"vpc-id"}, "Filter.1.Value.1": {vpc},
		"Filter.2.Name": {"service-name"}, "Filter.2.Value.1": {service},
	})
}

func describe(ctx context.Context, client *awsapi.Client, parameters url.Values) ([]Endpoint, error) {
	var response struct {
		Endpoints []Endpoint `xml:"vpcEndpointSet>item"`
	}
	err := client.Query(ctx, awsapi.EC2, "DescribeVpcEndpoints", parameters, &response)
	return response.Endpoints, err
}
