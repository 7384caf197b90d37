package doctor

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"usher/cmd/doctor/internal/awsapi"
	"usher/cmd/doctor/internal/vpcendpoint"
)

// endpointID is the form of an endpoint's id, as the template has it.
var endpointID = regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`)

var errNotAnID = errors.New("it has not the form of an id")

// checkVPCEndpoint says the worst of all endpoints.
func checkVPCEndpoint(f facts) Result {
	if len(f.Endpoints) == 0 {
		return unchecked("no endpoint was named", "Name those of the parameter VpcEndpointIds by -vpce.")
	}
	worst := fine("%s: available, for execute-api, with private DNS", strings.Join(f.Endpoints, ", "))
	for i, id := range f.Endpoints {
		if r := ofEndpoint(id, f.endpoints[i]); severity[r.Outcome] > severity[worst.Outcome] {
			worst = r
		}
	}
	return worst
}

var severity = map[Outcome]int{OK: 0, NotChecked: 1, Warning: 2, Wrong: 3}

func ofEndpoint(id string, e reading[vpcendpoint.Endpoint]) Result {
	if e.err != nil {
		return endpointFailure(id, e.err)
	}
	const create = "Create one of type Interface for execute-api in the front-ends' VPC, and name it in VpcEndpointIds."
	switch v := e.value; {
	case !strings.HasSuffix(v.Service, ".execute-api"):
		return wrong(fmt.Sprintf("%s is for %s, and not for execute-api", id, v.Service), create)
	case v.Type != "Interface":
		return wrong(fmt.Sprintf("%s is of type %s, and not Interface", id, v.Type), create)
	case !strings.EqualFold(v.State, "available"):
		return wrong(fmt.Sprintf("%s is not available: it is %s", id, v.State), "Wait, if it is pending; else accept it, or create it again.")
	case !v.PrivateDNS:
		return warn(id+" has no private DNS: the gateway's ordinary name leads nowhere in its VPC", "Switch private DNS on, or let front-ends call the gateway by the endpoint's own name.")
	}
	return fine("%s", id)
}

func endpointFailure(id string, err error) Result {
	code := awsapi.Code(err)
	switch {
	case errors.Is(err, errNotAnID):
		return wrong(fmt.Sprintf("%q is no id of a VPC endpoint", id), "Name it as the VPC console does: vpce- and 8 or 17 hexadecimal digits.")
	case errors.Is(err, awsapi.ErrNoAccess):
		return unchecked("EC2 cannot be asked: "+oneLine(err), "Set AWS_PROFILE and AWS_REGION; where a session has expired, sign in again.")
	case strings.HasPrefix(code, "InvalidVpcEndpoint"):
		return wrong(fmt.Sprintf("there is no VPC endpoint %s in this account and region", id), "Compare the id, and AWS_REGION.")
	case code == "UnauthorizedOperation":
		return unchecked("the caller may not ask EC2", "To have this checked, allow the caller ec2:DescribeVpcEndpoints.")
	}
	return unchecked("EC2 gave no usable answer: "+oneLine(err), "")
}
