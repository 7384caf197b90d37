package doctor

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"usher/cmd/doctor/internal/awsapi"
	"usher/cmd/doctor/internal/vpcendpoint"
)

type subnet struct {
	ID   string `xml:"subnetId"`
	VPC  string `xml:"vpcId"`
	Zone string `xml:"availabilityZone"`
	Free int    `xml:"availableIpAddressCount"`
}

func (d deployment) subnets(ctx context.Context) ([]subnet, error) {
	ids := url.Values{}
	for i, id := range d.List("SubnetIds") {
		ids.Set(fmt.Sprintf("SubnetId.%d", i+1), id)
	}
	var response struct {
		Subnets []subnet `xml:"subnetSet>item"`
	}
	err := d.aws.Query(ctx, awsapi.EC2, "DescribeSubnets", ids, &response)
	slices.SortFunc(response.Subnets, func(a, b subnet) int { return strings.Compare(a.ID, b.ID) })
	return response.Subnets, err
}

// checkSubnets: an endpoint takes one subnet in each Availability Zone
// (https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func checkSubnets(ctx context.Context, d deployment) Result {
	subnets, err := d.subnets(ctx)
	switch {
	case missing(err):
		return wrong("not all of "+d.Get("SubnetIds")+" are in this account and region", "Compare SubnetIds with `aws ec2 describe-subnets`, and the region.")
	case err != nil:
		return unanswered("ec2:DescribeSubnets", err)
	}
	inZone := map[string]string{}
	for _, s := range subnets {
		switch other := inZone[s.Zone]; {
		case s.VPC != d.Get("VpcId"):
			return wrong(fmt.Sprintf("%s is in %s, and not in VpcId", s.ID, s.VPC), "Name subnets of that VPC only.")
		case other != "":
			return wrong(fmt.Sprintf("%s and %s are both in %s", other, s.ID, s.Zone), "Name at most one subnet in each Availability Zone.")
		case s.Free == 0:
			return wrong(s.ID+" has no free address", "Name another subnet of this zone.")
		}
		inZone[s.Zone] = s.ID
	}
	if len(subnets) == 1 {
		return warn(subnets[0].ID+" is the only one, so the endpoint fails with "+subnets[0].Zone, "Name a second subnet, in another Availability Zone.")
	}
	return fine("%s, each in its own Availability Zone", plural(len(subnets), "subnet"))
}

// service returns the name of the endpoint service, as the template has it.
func (d deployment) service() string { return "com.amazonaws." + d.aws.Region + ".execute-api" }

func checkZones(ctx context.Context, d deployment) Result {
	var response struct {
		Services []struct {
			Name  string   `xml:"serviceName"`
			Zones []string `xml:"availabilityZoneSet>item"`
		} `xml:"serviceDetailSet>item"`
	}
	err := d.aws.Query(ctx, awsapi.EC2, "DescribeVpcEndpointServices", url.Values{"ServiceName.1": {d.service()}}, &response)
	switch {
	case missing(err) || err == nil && len(response.Services) == 0:
		return wrong("the region has no service "+d.service(), "Create the endpoint by hand, and name it in VpcEndpointIds.")
	case err != nil:
		return unanswered("ec2:DescribeVpcEndpointServices", err)
	}
	subnets, err := d.subnets(ctx)
	if missing(err) {
		return unchecked("the subnets are missing", "")
	} else if err != nil {
		return unanswered("ec2:DescribeSubnets", err)
	}
	zones := response.Services[0].Zones
	for _, s := range subnets {
		if !slices.Contains(zones, s.Zone) {
			return wrong(fmt.Sprintf("%s has no service execute-api, and %s is in it", s.Zone, s.ID), "Name subnets in "+strings.Join(zones, ", ")+".")
		}
	}
	return fine("all zones have the service execute-api")
}

// checkVPCDNS: private names need both attributes
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html).
func checkVPCDNS(ctx context.Context, d deployment) Result {
	var off []string
	for _, attribute := range []string{"enableDnsSupport", "enableDnsHostnames"} {
		var response struct {
			Support   bool `xml:"enableDnsSupport>value"`
			Hostnames bool `xml:"enableDnsHostnames>value"`
		}
		err := d.aws.Query(ctx, awsapi.EC2, "DescribeVpcAttribute", url.Values{"VpcId": {d.Get("VpcId")}, "Attribute": {attribute}}, &response)
		switch {
		case missing(err):
			return wrong("there is no "+d.Get("VpcId")+" in this account and region", "Compare VpcId with `aws ec2 describe-vpcs`, and the region.")
		case err != nil:
			return unanswered("ec2:DescribeVpcAttribute", err)
		case !response.Support && !response.Hostnames:
			off = append(off, attribute)
		}
	}
	if len(off) == 0 {
		return fine("enableDnsSupport and enableDnsHostnames are on")
	}
	finding := strings.Join(off, " and ") + " of " + d.Get("VpcId") + " is off"
	advice := "Switch it on (`aws ec2 modify-vpc-attribute`)."
	switch {
	case d.Get("EndpointPrivateDns") == "true":
		return wrong(finding+", and EndpointPrivateDns needs both attributes", advice)
	case d.Get("HostedZoneId") != "":
		return wrong(finding+", and HostedZoneId needs both attributes", advice)
	}
	return warn(finding+": private names do not work in this VPC", advice)
}

// stackTag is the tag by which CloudFormation marks a stack's resources.
const stackTag = "aws:cloudformation:stack-name"

func checkPrivateDNS(ctx context.Context, d deployment) Result {
	if d.Get("EndpointPrivateDns") != "true" {
		return unchecked("EndpointPrivateDns is false", "")
	}
	endpoints, err := vpcendpoint.Of(ctx, d.aws, d.Get("VpcId"), d.service())
	if err != nil {
		return unanswered("ec2:DescribeVpcEndpoints", err)
	}
	for _, e := range endpoints {
		own := d.Stack != "" && slices.Contains(e.Tags, vpcendpoint.Tag{Key: stackTag, Value: d.Stack})
		gone := strings.HasPrefix(strings.ToLower(e.State), "delet")
		if e.PrivateDNS && !own && !gone {
			return wrong("the VPC has "+e.ID+", which has private DNS for execute-api; only one endpoint can",
				"Set EndpointPrivateDns to false, or use that endpoint: VpcEndpointIds="+e.ID+".")
		}
	}
	return fine("no other endpoint of the VPC has it")
}
