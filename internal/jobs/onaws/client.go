package onaws

import (
	"cmp"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"usher/internal/jobs"
)

// silence is the maximum time until a response begins. A connection that the freeze of a function
// broke is found by it, and the request is repeated.
const silence = 5 * time.Second

// connections is the maximum number of idle connections to S3: a start writes as many chunks at once.
const connections = 16

// Options configures AWS.
type Options struct {
	Bucket  string
	Machine string                   // ARN of the state machine; "" where no job is started
	Getenv  func(name string) string // nil: os.Getenv
	Silence time.Duration            // until a response begins; 0: 5 s
}

// AWS is the storage and the engine of jobs on AWS.
type AWS struct {
	bucket, machine string
	page            int // the maximum number of keys of a request
	s3              *s3.Client
	sfn             *sfn.Client
	retryable       retry.IsErrorRetryables
	wait            aws.Retryer
}

var (
	_ jobs.Store  = (*AWS)(nil)
	_ jobs.Engine = (*AWS)(nil)
)

// New returns an AWS that is configured by the environment of a Lambda function
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). It does no I/O.
func New(o Options) *AWS {
	getenv := o.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	region := cmp.Or(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"))
	role := credentials.NewStaticCredentialsProvider(
		getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN"))
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.ResponseHeaderTimeout = cmp.Or(o.Silence, silence)
		t.MaxIdleConnsPerHost = connections
	})
	return &AWS{
		bucket: o.Bucket, machine: o.Machine, page: pageSize,
		s3: s3.New(s3.Options{
			Region: region, Credentials: role, HTTPClient: client, BaseEndpoint: endpoint(getenv, "AWS_ENDPOINT_URL_S3"),
			// The signature covers the body's hash. A checksum of S3's own would move it into a trailer.
			RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
			ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		}),
		sfn: sfn.New(sfn.Options{
			Region: region, Credentials: role, HTTPClient: client, BaseEndpoint: endpoint(getenv, "AWS_ENDPOINT_URL_SFN"),
		}),
		retryable: retry.DefaultRetryables,
		wait:      retry.NewStandard(),
	}
}

// endpoint returns the configured endpoint of a service, nil for none
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func endpoint(getenv func(string) string, name string) *string {
	if url := cmp.Or(getenv(name), getenv("AWS_ENDPOINT_URL")); url != "" {
		return &url
	}
	return nil
}
