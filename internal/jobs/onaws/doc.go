// Package onaws keeps jobs in Amazon S3 and runs them in AWS Step Functions.
//
// Only the functions of jobs link it: the two clients are a seventh of their size.
package onaws
