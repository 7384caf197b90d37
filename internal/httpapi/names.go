package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"usher/internal/problem"
)

// checkNames reads the body as one JSON object and refuses what encoding/json
// would let pass: names beside the known ones or cased otherwise, a name given
// twice at any depth, and anything behind the object.
// It returns the names at the top.
func checkNames(body []byte, known []string) (map[string]bool, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // how large a number may be is not for names to say
	start, err := dec.Token()
	if err != nil {
		return nil, tokenProblem(err, dec)
	}
	if start != json.Delim('{') {
		return nil, problem.InvalidJSON.New("The body must be a JSON object.")
	}
	names, err := walkObject(dec, "", known, 1)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, problem.InvalidJSON.New("There is more behind the JSON object.")
	}
	return names, nil
}

// maxDepth bounds the nesting, as encoding/json does.
const maxDepth = 1000

func walkObject(dec *json.Decoder, path string, known []string, depth int) (map[string]bool, error) {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, tokenProblem(err, dec)
		}
		name := token.(string) // the decoder gives nothing else here
		if seen[name] {
			return nil, problem.Invalid(shortened(path+name), "is given twice")
		}
		if known != nil && !slices.Contains(known, name) {
			return nil, problem.Invalid(shortened(path+name), "unknown field")
		}
		seen[name] = true
		if err := walkValue(dec, path+name, depth); err != nil {
			return nil, err
		}
	}
	return seen, closing(dec)
}

// shortened keeps a name that somebody made up from filling the answer and the
// log.
func shortened(name string) string {
	if runes := []rune(name); len(runes) > 100 {
		return string(runes[:100]) + "…"
	}
	return name
}

func walkValue(dec *json.Decoder, path string, depth int) error {
	if depth > maxDepth {
		return problem.Invalid(shortened(path), "is nested too deeply")
	}
	token, err := dec.Token()
	if err != nil {
		return tokenProblem(err, dec)
	}
	switch token {
	case json.Delim('{'):
		_, err := walkObject(dec, path+".", nil, depth+1)
		return err
	case json.Delim('['):
		for dec.More() {
			if err := walkValue(dec, path, depth+1); err != nil {
				return err
			}
		}
		return closing(dec)
	}
	return nil
}

func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return tokenProblem(err, dec)
	}
	return nil
}

func tokenProblem(err error, dec *json.Decoder) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return problem.InvalidJSON.Wrap(err, "The body is empty, or ends in the middle of its JSON.")
	}
	return problem.InvalidJSON.Wrap(err, fmt.Sprintf("The JSON is broken at byte %d.", dec.InputOffset()))
}
