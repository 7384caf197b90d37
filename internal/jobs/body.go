package jobs

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// The limits of a request that starts a job.
const (
	MaxRecords = 10_000
	MaxBytes   = httpapi.MaxRecordsBody
)

// TypeNDJSON is the media type of records.
const TypeNDJSON = httpapi.TypeRecords

// readLines reads the request's body, and returns it with its lines. Lines end with LF or CRLF; empty
// lines at the end do not count.
func readLines(r *http.Request) (body []byte, lines [][]byte, err error) {
	if err := httpapi.CheckMediaType(r, TypeNDJSON); err != nil {
		return nil, nil, err
	}
	body, err = io.ReadAll(io.LimitReader(r.Body, MaxBytes+1))
	if err != nil {
		return nil, nil, problem.InvalidRequest.Wrap(err, "The body could not be read completely.")
	}
	lines, err = splitLines(body)
	return body, lines, err
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func splitLines(body []byte) ([][]byte, error) {
	text := bytes.TrimRight(body, "\r\n")
	switch {
	case len(body) > MaxBytes:
		return nil, problem.BodyTooLarge.New(fmt.Sprintf("The body is larger than %d bytes. Split it into several jobs.", MaxBytes))
	case bytes.HasPrefix(body, byteOrderMark):
		return nil, problem.InvalidJSON.New("The body begins with a byte order mark. Send UTF-8 without one.")
	case len(text) == 0:
		return nil, problem.InvalidRequest.New("The body has no records. Send one JSON object in each line.")
	case bytes.Count(text, []byte("\n")) >= MaxRecords:
		return nil, problem.BodyTooLarge.New(fmt.Sprintf("The body has more than %d lines. Split it into several jobs.", MaxRecords))
	}
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimSuffix(line, []byte("\r"))
	}
	return lines, nil
}
