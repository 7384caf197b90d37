package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/cmd/doctor/internal/awsapi"
	"usher/cmd/doctor/internal/samconfig"
)

// deployment is a deployment that is still to come.
type deployment struct {
	samconfig.Answers
	aws *awsapi.Client
}

// accountCheck asks AWS.
type accountCheck struct {
	id, title string
	needs     string // the parameters that it is about; "" for those of every deployment
	look      func(context.Context, deployment) Result
}

// accountChecks are in the order of docs/deploy.md, which explains what they look for.
var accountChecks = []accountCheck{
	{"answers", "Parameters", "", checkAnswers},
	{"resource-types", "Resource types of the region", "", checkResourceTypes},
	{"stack-secret", "Secret", "SecretArn", checkStackSecret("SecretArn")},
	{"stack-read-secret", "Secret of the functions that only read", "ReadSecretArn", checkStackSecret("ReadSecretArn")},
	{"log-role", "Gateway's role for logs", "", checkLogRole},
	{"vpc-endpoint", "Existing VPC endpoints", "VpcEndpointIds", checkExistingEndpoints},
	{"subnets", "Subnets of the new endpoint", "SubnetIds", checkSubnets},
	{"zones", "Availability Zones of the new endpoint", "SubnetIds", checkZones},
	{"vpc-dns", "DNS of the VPC", "VpcId", checkVPCDNS},
	{"private-dns", "Private DNS of the new endpoint", "VpcId", checkPrivateDNS},
	{"concurrency", "Concurrency of Lambda", "", checkConcurrency},
	{"front-end-roles", "Roles of FrontendPrincipals", "FrontendPrincipals", checkFrontendRoles},
}

// ExamineAccount checks what a deployment needs of its AWS account. It returns an error if there is
// no region or there are no credentials.
func ExamineAccount(ctx context.Context, a samconfig.Answers, with Instruments) ([]Result, error) {
	client, err := awsapi.New(ctx, a.Region, with.Getenv)
	if err != nil {
		return nil, fmt.Errorf("%s; set AWS_PROFILE and AWS_REGION, and if the session has expired, sign in again", oneLine(err))
	}
	d := deployment{Answers: a, aws: client}
	var results []Result
	for _, c := range accountChecks {
		r := unchecked(c.needs+" is empty", "")
		if c.needs == "" || d.Get(c.needs) != "" {
			limited, cancel := context.WithTimeout(ctx, 2*max(with.Deadline, 8*time.Second))
			r = c.look(limited, d)
			cancel()
		}
		r.ID, r.Title = c.id, c.title
		results = append(results, r)
	}
	return results, nil
}

// denials are the codes with which services refuse a caller without the permission.
var denials = []string{"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"}

// unanswered is the result if AWS does not answer a question that needs a permission.
func unanswered(permission string, err error) Result {
	if slices.Contains(denials, awsapi.Code(err)) {
		return unchecked("it needs "+permission, "To have this checked, allow the caller "+permission+".")
	}
	return unchecked(oneLine(err), "")
}

// missing reports whether the error says that there is no such thing.
func missing(err error) bool {
	code := awsapi.Code(err)
	return strings.HasSuffix(code, ".NotFound") || strings.HasSuffix(code, ".Malformed") ||
		code == "NoSuchEntity" || code == "ResourceNotFoundException" || code == "TypeNotFoundException" || code == "InvalidServiceName"
}

// worst returns the worst of the results.
func worst(first Result, others ...Result) Result {
	for _, r := range others {
		if severity[r.Outcome] > severity[first.Outcome] {
			first = r
		}
	}
	return first
}

// checkAnswers holds the parameters to the template's rules that the other checks rely on.
func checkAnswers(_ context.Context, d deployment) Result {
	const advice = "Name the parameters of docs/deploy.md as arguments, or run `make deploy`, which asks for them."
	existing, made := d.Get("VpcEndpointIds") != "", d.Get("VpcId") != "" || d.Get("SubnetIds") != ""
	switch {
	case d.Get("SecretArn") == "":
		return wrong("SecretArn is empty", advice)
	case existing && made:
		return wrong("VpcEndpointIds names existing endpoints, and VpcId or SubnetIds a new one", "Set only one of both.")
	case !existing && (d.Get("VpcId") == "" || d.Get("SubnetIds") == ""):
		return wrong("there is no endpoint: VpcEndpointIds is empty, and so is VpcId or SubnetIds", advice)
	}
	return fine("for region %s", d.aws.Region)
}

// checkExistingEndpoints reports the worst result of the existing endpoints.
func checkExistingEndpoints(ctx context.Context, d deployment) Result {
	f := facts{Patient: Patient{Endpoints: d.List("VpcEndpointIds")}}
	for _, id := range f.Endpoints {
		f.endpoints = append(f.endpoints, describeEndpoint(ctx, d.aws, id))
	}
	return checkVPCEndpoint(f)
}
