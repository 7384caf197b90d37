package auth0

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// claimSet holds a token's claims by their exact names, and the names of duplicate claims.
// Its methods treat a claim of another type as absent.
type claimSet struct {
	members map[string]any
	twice   map[string]bool
}

func (c claimSet) has(name string) bool {
	_, there := c.members[name]
	return there || c.twice[name]
}

// text returns a claim that is a string.
func (c claimSet) text(name string) (string, bool) {
	text, ok := c.members[name].(string)
	return text, ok
}

// texts returns a claim that is a list of strings, or one string.
func (c claimSet) texts(name string) ([]string, bool) {
	if one, ok := c.text(name); ok {
		return []string{one}, true
	}
	items, ok := c.members[name].([]any)
	if !ok {
		return nil, false
	}
	all := make([]string, len(items))
	for i, item := range items {
		if all[i], ok = item.(string); !ok {
			return nil, false
		}
	}
	return all, true
}

// audience returns the claim aud. It is empty unless all its values are non-empty strings.
func (c claimSet) audience() []string {
	all, _ := c.texts("aud")
	for _, one := range all {
		if one == "" {
			return nil
		}
	}
	return all
}

// truth returns a boolean claim; nil if it is absent. Enterprise connections also send it
// as text, or as 0 and 1. An unreadable value is false.
func (c claimSet) truth(name string) *bool {
	value, is := c.members[name], false
	switch v := value.(type) {
	case nil:
		return nil
	case bool:
		is = v
	case string:
		is = strings.EqualFold(v, "true") || v == "1"
	case json.Number:
		n, err := v.Float64()
		is = err == nil && n == 1
	}
	return &is
}

// maxTime is the end of the year 9999, in Unix seconds.
const maxTime = 253402300799

// moment returns a claim that is a NumericDate (RFC 7519, section 2): a number, not text.
func (c claimSet) moment(name string) (time.Time, bool) {
	number, ok := c.members[name].(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > maxTime {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// farSeconds is larger than Unix seconds of the next 3,000 years, and smaller than Unix
// milliseconds since 1973.
const farSeconds = 1e11

// dateLayouts are the formats of Auth0 and of the data it imported.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", time.DateTime}

// date returns a claim that is a time: RFC 3339 text (Auth0), Unix seconds (OpenID Connect
// Core) or milliseconds. It returns nil if the claim is absent or unreadable.
func (c claimSet) date(name string) *time.Time {
	var at time.Time
	switch v := c.members[name].(type) {
	case string:
		for _, layout := range dateLayouts {
			if read, err := time.Parse(layout, v); err == nil {
				at = read.UTC()
				break
			}
		}
	case json.Number:
		at = unixDate(v)
	}
	if at.IsZero() || at.Year() < 1 || at.Year() > 9999 { // RFC 3339 cannot express other years
		return nil
	}
	return &at
}

// unixDate returns the time of Unix seconds or milliseconds; zero for a number out of range.
func unixDate(number json.Number) time.Time {
	n, err := number.Float64()
	if math.Abs(n) < farSeconds {
		n *= 1000
	}
	if err != nil || math.Abs(n) > maxTime*1000 {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(n))).UTC()
}
