package localtenant

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// oddForm is one of a value's forms, by a seed. A value of a type that it does not know stays.
type oddForm func(seed uint32, value any) any

// oddBool: as text, in Python's spelling, as a number.
func oddBool(seed uint32, value any) any {
	switch value {
	case true:
		return choose(seed, "true", "True", 1, true)
	case false:
		return choose(seed, "false", "False", 0, false)
	}
	return value
}

// oddInteger: as text, or with a fraction that is none.
func oddInteger(seed uint32, value any) any {
	n, ok := value.(json.Number)
	if !ok || strings.ContainsAny(n.String(), ".eE") {
		return value
	}
	return choose(seed, n.String(), json.Number(n.String()+".0"), n)
}

// oddDate: with an offset without a colon, as milliseconds or seconds since 1970, as in SQL. The
// last two are for whole seconds alone, and milliseconds for times that they cannot be mistaken in.
func oddDate(seed uint32, value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return value
	}
	forms := []any{text, at.Format("2006-01-02T15:04:05.000-0700")}
	if at.Year() > 1980 {
		forms = append(forms, at.UnixMilli())
	}
	if at.Nanosecond() == 0 {
		forms = append(forms, at.Format(time.DateTime), at.Unix())
	}
	return choose(seed, forms...)
}

// oddID: a text of digits as a number, beyond 64 bits where it is.
func oddID(_ uint32, value any) any {
	text, ok := value.(string)
	if !ok || text == "" || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
		return value
	}
	return json.Number(text)
}

// oddText: a list of it.
func oddText(seed uint32, value any) any {
	if text, ok := value.(string); ok {
		return choose(seed, []any{text}, text)
	}
	return value
}

// oddTexts: a list of one text without the list.
func oddTexts(_ uint32, value any) any {
	if list, ok := value.([]any); ok && len(list) == 1 {
		return list[0]
	}
	return value
}

// oddNumberText: a number as text.
func oddNumberText(_ uint32, value any) any {
	if n, ok := value.(json.Number); ok {
		return n.String()
	}
	if n, ok := value.(int); ok {
		return strconv.Itoa(n)
	}
	return value
}
