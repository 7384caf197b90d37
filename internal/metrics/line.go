package metrics

import (
	"encoding/json"
	"slices"
	"strconv"
)

// line is a line in the embedded metric format. The values are members of its root, named like
// the metrics. Every request writes one, so it is encoded without reflection.
type line struct {
	at              int64 // Unix milliseconds
	service         string
	operation, code string // "" for none
	kind, status    string
	values          []value
	directives      []selection
}

// value is the value of a metric.
type value struct {
	name, unit string
	n          int64
}

// selection defines which values are metrics, and their dimensions.
type selection struct {
	dimensions [][]string
	names      []string // nil for all values
}

// usualLine is more than the length of a line without rare metrics, in bytes.
const usualLine = 1024

func (l line) encode() []byte {
	b := make([]byte, 0, usualLine)
	b = append(b, `{"_aws":{"Timestamp":`...)
	b = strconv.AppendInt(b, l.at, 10)
	b = append(b, `,"CloudWatchMetrics":[`...)
	for i, s := range l.directives {
		b = separate(b, i)
		b = s.append(b, l.values)
	}
	b = append(b, `]},"level":"INFO","msg":"metrics"`...)
	b = appendMember(b, byService, l.service)
	if l.operation != "" {
		b = appendMember(b, byOperation, l.operation)
	}
	if l.code != "" {
		b = appendMember(b, byCode, l.code)
	}
	if l.kind != "" {
		b = appendMember(b, byKind, l.kind)
	}
	if l.status != "" {
		b = appendMember(b, byStatus, l.status)
	}
	for _, v := range l.values {
		b = append(b, ',', '"')
		b = append(b, v.name...)
		b = append(b, '"', ':')
		b = strconv.AppendInt(b, v.n, 10)
	}
	return append(b, '}', '\n')
}

func (s selection) append(b []byte, values []value) []byte {
	b = append(b, `{"Namespace":"`+Namespace+`","Dimensions":[`...)
	for i, set := range s.dimensions {
		b = append(separate(b, i), '[')
		for k, name := range set {
			b = append(separate(b, k), '"')
			b = append(append(b, name...), '"')
		}
		b = append(b, ']')
	}
	b = append(b, `],"Metrics":[`...)
	found := 0
	for _, v := range values {
		if s.names != nil && !slices.Contains(s.names, v.name) {
			continue
		}
		b = append(separate(b, found), `{"Name":"`...)
		b = append(b, v.name...)
		b = append(b, `","Unit":"`...)
		b = append(append(b, v.unit...), `"}`...)
		found++
	}
	return append(b, `]}`...)
}

func separate(b []byte, before int) []byte {
	if before > 0 {
		b = append(b, ',')
	}
	return b
}

func appendMember(b []byte, name, text string) []byte {
	b = append(b, ',', '"')
	b = append(append(b, name...), '"', ':')
	encoded, _ := json.Marshal(text) // a string can be encoded
	return append(b, encoded...)
}
