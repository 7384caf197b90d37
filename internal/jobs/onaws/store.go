package onaws

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"usher/internal/jobs"
)

// maxObject bounds what Get reads. No object of a job comes near it.
const maxObject = 32 << 20

// pageSize is the maximum number of keys in a response of ListObjectsV2.
const pageSize = 1000

// Get returns an object and its ETag.
func (a *AWS) Get(ctx context.Context, key string) ([]byte, string, error) {
	out, err := a.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &a.bucket, Key: &key})
	if missing := (*types.NoSuchKey)(nil); errors.As(err, &missing) {
		return nil, "", jobs.ErrNoObject
	}
	if err != nil {
		return nil, "", fault("GetObject", err)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(out.Body, maxObject+1))
	if err != nil {
		return nil, "", fault("GetObject", err)
	}
	if len(body) > maxObject {
		return nil, "", errors.New("onaws: an object is too large")
	}
	return body, aws.ToString(out.ETag), nil
}

// Put writes an object.
func (a *AWS) Put(ctx context.Context, key string, body []byte) error {
	_, err := a.s3.PutObject(ctx, a.object(key, body))
	return fault("PutObject", err)
}

// Delete removes an object.
func (a *AWS) Delete(ctx context.Context, key string) error {
	_, err := a.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &a.bucket, Key: &key})
	return fault("DeleteObject", err)
}

// List returns keys in the order of their bytes.
func (a *AWS) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	var keys []string
	for len(keys) < limit {
		size := int32(min(limit-len(keys), a.page)) //nolint:gosec // at most pageSize
		in := &s3.ListObjectsV2Input{Bucket: &a.bucket, Prefix: &prefix, MaxKeys: &size}
		if after != "" {
			in.StartAfter = &after
		}
		out, err := a.s3.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fault("ListObjectsV2", err)
		}
		for _, o := range out.Contents {
			after = aws.ToString(o.Key)
			keys = append(keys, after)
		}
		if !aws.ToBool(out.IsTruncated) {
			break
		}
	}
	return keys, nil
}

func (a *AWS) object(key string, body []byte) *s3.PutObjectInput {
	return &s3.PutObjectInput{Bucket: &a.bucket, Key: &key, Body: bytes.NewReader(body), ContentType: aws.String("application/octet-stream")}
}
