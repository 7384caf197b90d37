// Package metrics writes what CloudWatch is to count, as lines of a function's
// log in the embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
// one line per request, and no call to anybody.
//
// It owns the metrics' names ([Names]). What is counted is httpapi's, and who
// looks at it are the alarms and the dashboard in template.yaml.
package metrics
