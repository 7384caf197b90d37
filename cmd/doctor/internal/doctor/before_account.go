package doctor

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"usher/cmd/doctor/internal/awsapi"
)

// privateDomainTypes are the resource types of DomainName. CloudFormation looks up all types of a
// template, even those of resources that it does not create.
var privateDomainTypes = []string{"AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGateway::DomainNameAccessAssociation"}

func checkResourceTypes(ctx context.Context, d deployment) Result {
	for _, name := range privateDomainTypes {
		var response struct{}
		err := d.aws.Query(ctx, awsapi.CloudFormation, "DescribeType", url.Values{"Type": {"RESOURCE"}, "TypeName": {name}}, &response)
		switch {
		case missing(err):
			return wrong(d.aws.Region+" has no "+name+", so CloudFormation rejects the template", "Deploy to another region.")
		case err != nil:
			return unanswered("cloudformation:DescribeType", err)
		}
	}
	return fine("the region has private custom domains")
}

func checkLogRole(ctx context.Context, d deployment) Result {
	var account struct {
		Role string `json:"cloudwatchRoleArn"`
	}
	const advice = "Create the role, as docs/deploy.md says (\"The gateway's role for logs\")."
	if err := d.aws.Get(ctx, awsapi.APIGateway, "/account", &account); err != nil {
		return unanswered("apigateway:GET on /account", err)
	}
	if account.Role == "" {
		return wrong("API Gateway has no role for logs in this account and region", advice)
	}
	if r := d.role(ctx, account.Role); r.Outcome == Wrong {
		return wrong("API Gateway's role for logs does not exist: "+account.Role, advice)
	}
	return fine("%s", account.Role)
}

// warmFunctions is the number of functions with SignInProvisionedConcurrency.
const warmFunctions = 3

// leastUnreserved is what Lambda keeps for functions without reserved concurrency, if the account
// has that much (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
const leastUnreserved = 100

func checkConcurrency(ctx context.Context, d deployment) Result {
	var settings struct {
		Limit struct {
			All        int `json:"ConcurrentExecutions"`
			Unreserved int `json:"UnreservedConcurrentExecutions"`
		} `json:"AccountLimit"`
	}
	if err := d.aws.Get(ctx, awsapi.Lambda, "/2016-08-19/account-settings", &settings); err != nil {
		return unanswered("lambda:GetAccountSettings", err)
	}
	each, err := strconv.Atoi(d.Get("SignInProvisionedConcurrency"))
	burst, errOfBurst := strconv.Atoi(d.Get("ThrottlingBurst"))
	if err != nil || errOfBurst != nil {
		return wrong("SignInProvisionedConcurrency or ThrottlingBurst is not a number", "Write numbers.")
	}
	limit, free := settings.Limit.All, settings.Limit.Unreserved
	const advice = "Request a higher quota: Service Quotas, AWS Lambda, \"Concurrent executions\"."
	switch provisioned := each * warmFunctions; {
	case provisioned > 0 && free-provisioned < min(leastUnreserved, limit):
		return wrong(fmt.Sprintf("SignInProvisionedConcurrency needs %d concurrent executions for %d functions, and of %d only %d are free for it",
			provisioned, warmFunctions, limit, max(0, free-min(leastUnreserved, limit))), advice+" Until then set SignInProvisionedConcurrency to 0.")
	case limit < burst:
		return warn(fmt.Sprintf("the account has %d concurrent executions for all functions, fewer than ThrottlingBurst (%d): Lambda refuses requests first", limit, burst), advice)
	}
	return fine("%d concurrent executions, %d of them unreserved", limit, free)
}

// role looks for an IAM role of this account.
func (d deployment) role(ctx context.Context, arn string) Result {
	name := arn[strings.LastIndex(arn, "/")+1:]
	var response struct {
		ARN string `xml:"GetRoleResult>Role>Arn"`
	}
	err := d.aws.Query(ctx, awsapi.IAM, "GetRole", url.Values{"RoleName": {name}}, &response)
	const advice = "Create the role, or correct FrontendPrincipals. API Gateway accepts only existing roles."
	switch {
	case missing(err):
		return wrong("there is no role "+arn, advice)
	case err != nil:
		return unanswered("iam:GetRole", err)
	case response.ARN != arn:
		return wrong(fmt.Sprintf("there is no role %s, but %s", arn, response.ARN), advice)
	}
	return fine("%s", arn)
}

// account returns the account of an ARN, or "".
func account(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

// checkFrontendRoles looks for the roles in the account of the secret, which is that of the stack.
// It cannot look into other accounts.
func checkFrontendRoles(ctx context.Context, d deployment) Result {
	roles := d.List("FrontendPrincipals")
	var results []Result
	for _, arn := range roles {
		if account(arn) == account(d.Get("SecretArn")) {
			results = append(results, d.role(ctx, arn))
			continue
		}
		name := arn[strings.LastIndex(arn, "/")+1:]
		results = append(results, unchecked(arn+" is in another account",
			"Check in that account that it exists: `aws iam get-role --role-name "+name+" --query Role.Arn`."))
	}
	return worst(fine("they exist"), results...)
}
