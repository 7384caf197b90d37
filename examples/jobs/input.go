package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// problemName is the column or member that a file of failed lines has, and that an input may have: it is left out.
const problemName = "problem"

// input is a file of records.
type input struct {
	header  []string // of a CSV; nil for JSON
	rows    [][]string
	records [][]byte // as they are sent
}

func readInput(path string) (*input, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the records: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var in *input
	if ext := strings.TrimSuffix(strings.ToLower(path), ".failed"); filepath.Ext(ext) == ".csv" {
		in, err = readCSV(text)
	} else {
		in, err = readJSON(text)
	}
	if err == nil && len(in.records) == 0 {
		err = errors.New("there are no records")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return in, nil
}

// readCSV reads a file whose first row has the names of members. metadata.language is a member of metadata,
// and a name that ends in :json has values in JSON. Empty fields are left out.
func readCSV(text []byte) (*input, error) {
	r := csv.NewReader(bytes.NewReader(text))
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	in := &input{header: header}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return in, nil
		}
		if err != nil {
			return nil, err
		}
		record := map[string]any{}
		for i, value := range row {
			if err := setMember(record, header[i], value); err != nil {
				line, _ := r.FieldPos(i)
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
		}
		encoded, err := json.Marshal(record)
		if err != nil {
			return nil, fmt.Errorf("encode a record: %w", err)
		}
		in.rows, in.records = append(in.rows, row), append(in.records, encoded)
	}
}

// booleans are the members that are true or false.
var booleans = []string{"email_verified", "phone_verified", "verify_email", "verifies_email", "blocked", "revoke_sessions"}

func setMember(record map[string]any, name, value string) error {
	if value == "" || name == problemName {
		return nil
	}
	name, isJSON := strings.CutSuffix(name, ":json")
	path := strings.Split(name, ".")
	for _, outer := range path[:len(path)-1] {
		inner, ok := record[outer].(map[string]any)
		if !ok {
			inner = map[string]any{}
			record[outer] = inner
		}
		record = inner
	}
	last := path[len(path)-1]
	switch {
	case isJSON:
		if !json.Valid([]byte(value)) {
			return fmt.Errorf("%s is not JSON", name)
		}
		record[last] = json.RawMessage(value)
	case slices.Contains(booleans, last) && (value == "true" || value == "false"):
		record[last] = value == "true"
	default:
		record[last] = value
	}
	return nil
}

// readJSON reads a file with one object in each line. Usher checks the lines.
func readJSON(text []byte) (*input, error) {
	in := &input{}
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(line, &members) == nil && members[problemName] != nil {
			delete(members, problemName)
			line, _ = json.Marshal(members) // it was decoded from JSON
		}
		in.records = append(in.records, bytes.Clone(line))
	}
	return in, nil
}
