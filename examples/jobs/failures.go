package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// writeFailures writes the lines that have not succeeded to a file, with the problems, in the input's format.
func writeFailures(ctx context.Context, u *usher, o options, in *input, parts []part, jobs []job, out io.Writer) error {
	reasons := map[int]string{} // by the index of the record
	for i, j := range jobs {
		for status, n := range map[string]int{"failed": j.Failed, "skipped": j.Skipped, "unknown": j.Unknown} {
			if n == 0 || j.ID == "" {
				continue
			}
			found, err := results(ctx, u, j.ID, status)
			if err != nil {
				return fmt.Errorf("read the failed records: %w", err)
			}
			for _, r := range found {
				reasons[parts[i].first+r.Index] = r.reason()
			}
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	file, err := os.OpenFile(o.failures, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // it may have password hashes
	if err != nil {
		return fmt.Errorf("write the failed records: %w", err)
	}
	if err := errors.Join(in.write(file, reasons), file.Close()); err != nil {
		return fmt.Errorf("write the failed records: %w", err)
	}
	_, err = fmt.Fprintf(out, "%d records have not succeeded: %s has them, with the problems\n", len(reasons), o.failures)
	return err
}

// write writes the records with a reason.
func (in *input) write(w io.Writer, reasons map[int]string) error {
	indexes := make([]int, 0, len(reasons))
	for i := range reasons {
		indexes = append(indexes, i)
	}
	slices.Sort(indexes)
	if in.header == nil {
		for _, i := range indexes {
			if _, err := fmt.Fprintf(w, "%s\n", withProblem(in.records[i], reasons[i])); err != nil {
				return err
			}
		}
		return nil
	}
	columns := csv.NewWriter(w)
	at := slices.Index(in.header, problemName)
	row := func(fields []string, reason string) {
		if fields = slices.Clone(fields); at >= 0 {
			fields[at] = reason
		} else {
			fields = append(fields, reason)
		}
		_ = columns.Write(fields) // Flush keeps the error
	}
	row(in.header, problemName)
	for _, i := range indexes {
		row(in.rows[i], reasons[i])
	}
	columns.Flush()
	return columns.Error()
}

// withProblem adds a problem to a record. A line that is no object stays as it is.
func withProblem(record []byte, reason string) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(record, &members) != nil || members == nil {
		return record
	}
	members[problemName], _ = json.Marshal(reason) // a text
	changed, err := json.Marshal(members)
	if err != nil {
		return record
	}
	return changed
}
