package metrics

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Limits of the embedded metric format; doc.go has the URL of the specification.
const (
	maxLine       = 256 << 10
	maxMetrics    = 100
	maxDimensions = 30
	maxDimension  = 1024 // characters of a value
	maxKey        = 250
)

var units = []string{"Count", "Milliseconds", "None", "Bytes", "Seconds", "Percent"}

// faultsOf returns how a line violates the specification.
func faultsOf(line string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	var root map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &root); err != nil || len(line) > maxLine {
		return []string{"the line is not a JSON object, or is too long"}
	}
	var aws map[string]json.RawMessage
	if err := json.Unmarshal(root["_aws"], &aws); err != nil || len(aws) != 2 {
		fault("_aws is %s", root["_aws"])
	}
	var at int64
	if err := json.Unmarshal(aws["Timestamp"], &at); err != nil || at < 1e12 {
		fault("Timestamp is %s", aws["Timestamp"])
	}
	var directives []map[string]json.RawMessage
	if err := json.Unmarshal(aws["CloudWatchMetrics"], &directives); err != nil || len(directives) == 0 {
		fault("CloudWatchMetrics is %s", aws["CloudWatchMetrics"])
	}
	for _, d := range directives {
		if len(d) != 3 {
			fault("a directive has unknown members: %v", d)
		}
		var namespace string
		if err := json.Unmarshal(d["Namespace"], &namespace); err != nil || namespace == "" || len(namespace) > 255 {
			fault("Namespace is %s", d["Namespace"])
		}
		faults = append(faults, faultsOfDimensions(root, d["Dimensions"])...)
		faults = append(faults, faultsOfMetrics(root, d["Metrics"])...)
	}
	return faults
}

func faultsOfDimensions(root map[string]json.RawMessage, raw json.RawMessage) (faults []string) {
	var sets [][]string
	if err := json.Unmarshal(raw, &sets); err != nil || len(sets) == 0 {
		return []string{fmt.Sprintf("Dimensions is %s", raw)}
	}
	for _, set := range sets {
		if len(set) > maxDimensions {
			faults = append(faults, "too many dimensions")
		}
		for _, key := range set {
			var value string
			if err := json.Unmarshal(root[key], &value); err != nil || value == "" || len(value) > maxDimension || len(key) > maxKey {
				faults = append(faults, fmt.Sprintf("dimension %q is %s", key, root[key]))
			}
		}
	}
	return faults
}

func faultsOfMetrics(root map[string]json.RawMessage, raw json.RawMessage) (faults []string) {
	var definitions []map[string]string
	if err := json.Unmarshal(raw, &definitions); err != nil || len(definitions) == 0 || len(definitions) > maxMetrics {
		return []string{fmt.Sprintf("Metrics is %s", raw)}
	}
	for _, d := range definitions {
		var value float64
		if err := json.Unmarshal(root[d["Name"]], &value); err != nil || len(d) != 2 || !slices.Contains(units, d["Unit"]) {
			faults = append(faults, fmt.Sprintf("metric %v is %s", d, root[d["Name"]]))
		}
	}
	return faults
}

// Every violation of the specification is detected.
func TestFaultsOf(t *testing.T) {
	good := written(t, busy())
	tests := map[string][2]string{
		"truncated":                   {`}` + "\n", "\n"},
		"no timestamp":                {`"Timestamp":1767225600123,`, ``},
		"a timestamp in seconds":      {`1767225600123`, `1767225600`},
		"no metadata":                 {`"_aws"`, `"aws"`},
		"an unknown member":           {`"Timestamp"`, `"Extra":1,"Timestamp"`},
		"no namespace":                {`"Namespace":"Usher"`, `"Namespace":""`},
		"a dimension without a value": {`"Service":"prod-usher",`, ``},
		"a numeric dimension":         {`"Service":"prod-usher"`, `"Service":7`},
		"an empty dimension":          {`"Service":"prod-usher"`, `"Service":""`},
		"a metric without a value":    {`"Requests":1,`, ``},
		"a metric with text":          {`"Requests":1`, `"Requests":"1"`},
		"an unknown unit":             {`"Unit":"Milliseconds"`, `"Unit":"ms"`},
		"a flat dimension set":        {`[["Service"]]`, `["Service"]`},
		"a long dimension":            {`"Service":"prod-usher"`, `"Service":"` + strings.Repeat("x", 1025) + `"`},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatal("no change")
			}
			if len(faultsOf(bad)) == 0 {
				t.Errorf("no fault in %s", bad)
			}
		})
	}
}
