package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"usher/internal/api"
	"usher/internal/problem"
	"usher/internal/valid"
)

// maxRef is the maximum length of a record's ref, in bytes.
const maxRef = 100

// checkLines makes a record of each line. An invalid line becomes a record with a problem.
func (d Definition) checkLines(ctx context.Context, c api.Call, options json.RawMessage, lines [][]byte) ([]Record, error) {
	records := make([]Record, len(lines))
	earlier := map[string]int{} // the record with each key of Line.Same
	for i, text := range lines {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		line, err := d.Check(ctx, c, options, text)
		if err == nil {
			err = checkRef(line.Ref)
		}
		if err == nil {
			err = claim(earlier, line.Same, i)
		}
		switch {
		case err == nil:
			records[i] = Record{Index: i, Ref: line.Ref, Body: line.Body}
		case problem.IsProblem(err):
			found := problem.From(err).Document("")
			records[i] = Record{Index: i, Ref: refOf(line, text), Problem: &found}
		default:
			return nil, fmt.Errorf("check record %d: %w", i, err)
		}
	}
	return records, nil
}

func checkRef(ref string) error {
	var faults valid.Faults
	faults.AddIf(len(ref) > maxRef, "ref", fmt.Sprintf("is longer than %d bytes", maxRef))
	return faults.Err()
}

// claim enters a record's keys, and refuses a record with a key of an earlier one.
func claim(earlier map[string]int, same []string, index int) error {
	for _, key := range same {
		if first, there := earlier[key]; there {
			return problem.DuplicateRecord.New(fmt.Sprintf("The record with index %d is about the same user.", first))
		}
	}
	for _, key := range same {
		earlier[key] = index
	}
	return nil
}

// refOf returns the ref of an invalid line, if it can be read.
func refOf(line Line, text []byte) string {
	ref := line.Ref
	if ref == "" {
		var members struct {
			Ref string `json:"ref"`
		}
		err := json.Unmarshal(text, &members)
		if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); err == nil && !mistyped {
			ref = members.Ref
		}
	}
	if checkRef(ref) != nil {
		return ""
	}
	return ref
}
