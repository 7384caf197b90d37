package metrics

import "encoding/json"

// document is a line in the embedded metric format. The values are members of its root,
// named like the metrics.
type document struct {
	AWS       metadata `json:"_aws"`
	Level     string   `json:"level"`
	Message   string   `json:"msg"`
	Service   string   `json:"Service"`
	Operation string   `json:"Operation,omitempty"`
	Code      string   `json:"Code,omitempty"`
	values    map[string]value
}

type metadata struct {
	Timestamp int64       `json:"Timestamp"` // Unix milliseconds
	Metrics   []directive `json:"CloudWatchMetrics"`
}

// directive defines which values are metrics, and their dimensions.
type directive struct {
	Namespace  string       `json:"Namespace"`
	Dimensions [][]string   `json:"Dimensions"`
	Metrics    []definition `json:"Metrics"`
}

type definition struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

type value struct {
	n    int64
	unit string
}

// present returns the definitions of the named metrics that have a value.
func (d document) present(names []string) []definition {
	var found []definition
	for _, name := range names {
		if v, ok := d.values[name]; ok {
			found = append(found, definition{name, v.unit})
		}
	}
	return found
}

// MarshalJSON adds the values to the root.
func (d document) MarshalJSON() ([]byte, error) {
	type plain document
	head, err := json.Marshal(plain(d))
	if err != nil {
		return nil, err
	}
	values := map[string]int64{}
	for name, v := range d.values {
		values[name] = v.n
	}
	tail, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	head[len(head)-1] = ','
	return append(head, tail[1:]...), nil
}
