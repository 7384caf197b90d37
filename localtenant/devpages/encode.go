package devpages

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// FieldError says that a field holds what cannot be written as its JSON.
type FieldError struct{ Name, Label, Want string }

// Error implements error.
func (e *FieldError) Error() string { return fmt.Sprintf("%s: want %s.", e.Label, e.Want) }

// Encode writes a form as JSON. Which values are allowed is for the handler of the JSON to say.
func Encode(fields []Field, form url.Values) ([]byte, error) {
	doc := map[string]any{}
	for _, f := range fields {
		value, err := f.value(form)
		if err != nil {
			return nil, &FieldError{f.Name, f.Label, err.Error()}
		}
		if value != nil {
			put(doc, strings.Split(f.Name, "."), value)
		}
	}
	return json.Marshal(doc)
}

func put(doc map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := doc[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			doc[name] = inner
		}
		doc = inner
	}
	doc[path[len(path)-1]] = value
}

// value is the JSON of a field, or nil where it is left out.
func (f Field) value(form url.Values) (any, error) {
	text := strings.ReplaceAll(form.Get(f.Name), "\r\n", "\n") // as browsers send the end of a line
	trimmed := strings.TrimSpace(text)
	if f.Optional && (text == "" || f.Kind != Text && trimmed == "") {
		return nil, nil
	}
	switch f.Kind {
	case Number:
		if _, err := strconv.ParseFloat(trimmed, 64); err != nil || !json.Valid([]byte(trimmed)) {
			return nil, errors.New("a number such as 5")
		}
		return json.Number(trimmed), nil
	case Duration:
		if _, err := time.ParseDuration(trimmed); err != nil {
			return nil, errors.New("a duration such as 250ms, 30s or 24h")
		}
		return trimmed, nil
	case Time:
		if _, err := time.Parse(time.RFC3339, trimmed); err != nil {
			return nil, errors.New("a time such as 2030-01-01T00:00:00Z")
		}
		return trimmed, nil
	case JSON:
		if !json.Valid([]byte(trimmed)) {
			return nil, errors.New(`JSON such as {"language": "en"}`)
		}
		return json.RawMessage(trimmed), nil
	case Headers:
		return headers(trimmed)
	case Check:
		return form.Has(f.Name), nil
	case Choices:
		return append([]string{}, form[f.Name]...), nil
	case Lines:
		return lines(text), nil
	}
	return text, nil
}

// lines are the lines that are not empty.
func lines(text string) []string {
	out := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func headers(text string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, line := range lines(text) {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, errors.New("lines such as Retry-After: 5")
		}
		out[name] = append(out[name], strings.TrimSpace(value))
	}
	return out, nil
}

// Decode returns what the fields show of JSON that a control route answers.
func Decode(fields []Field, doc map[string]any) url.Values {
	form := url.Values{}
	for _, f := range fields {
		var value any = doc
		for name := range strings.SplitSeq(f.Name, ".") {
			inner, _ := value.(map[string]any)
			value = inner[name]
		}
		switch value := value.(type) {
		case nil:
		case bool:
			if value {
				form.Set(f.Name, "on")
			}
		case []any:
			for _, element := range value {
				form.Add(f.Name, fmt.Sprint(element))
			}
			if f.Kind == Lines {
				form[f.Name] = []string{strings.Join(form[f.Name], "\n")}
			}
		default:
			form.Set(f.Name, fmt.Sprint(value))
		}
	}
	return form
}
