package metrics

// document is a line as tests read it. The values are members of its root, named like the metrics.
type document struct {
	AWS       metadata `json:"_aws"`
	Level     string   `json:"level"`
	Message   string   `json:"msg"`
	Service   string   `json:"Service"`
	Operation string   `json:"Operation"`
	Code      string   `json:"Code"`
}

type metadata struct {
	Timestamp int64       `json:"Timestamp"`
	Metrics   []directive `json:"CloudWatchMetrics"`
}

type directive struct {
	Namespace  string       `json:"Namespace"`
	Dimensions [][]string   `json:"Dimensions"`
	Metrics    []definition `json:"Metrics"`
}
