// Package metrics writes CloudWatch metrics to a function's log, one line per request, in the
// embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html)
// and without network calls.
//
// [Names] lists the metrics. Package httpapi counts; the alarms and the dashboard in
// template.yaml use the metrics.
package metrics
