package auth0

import (
	"strings"
	"time"
	"unicode"

	"usher/internal/address"
	"usher/internal/users"
)

// The ways to match a value.
const (
	exactly   = false
	beginning = true
)

// term is the only function that puts a value into a query. An exact value is quoted. A prefix before "*"
// cannot be quoted, so every character with a meaning in Lucene's syntax and every kind of space is escaped.
func term(field, value string, prefix bool) string {
	if prefix {
		return field + ":" + escape(value, bare) + "*"
	}
	return field + ":" + quote(value)
}

func quote(value string) string { return `"` + escape(value, quoted) + `"` }

func bare(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`+-=&|><!(){}[]^"~*?:\/`, r)
}

func quoted(r rune) bool { return r == '"' || r == '\\' }

func escape(value string, special func(rune) bool) string {
	var b strings.Builder
	for _, r := range value {
		if special(r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// span returns a range of a field. "" leaves an end open. Values are quoted, so they can be any text.
func span(field, after, before string) string {
	low, high := "[*", "*]"
	if after != "" {
		low = "{" + quote(after)
	}
	if before != "" {
		high = quote(before) + "}"
	}
	return field + ":" + low + " TO " + high
}

func flag(field string, value bool) string {
	if value {
		return field + ":true"
	}
	return "NOT " + field + ":true" // a missing field is also false
}

func anyOf(field string, values []string) string {
	terms := make([]string, len(values))
	for i, value := range values {
		terms[i] = term(field, value, exactly)
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

// clauses returns the filter as parts of a query, to be joined with AND.
func clauses(f users.Filter) []string {
	var all []string
	if f.Search != "" {
		all = append(all, "("+term("email", address.Fold(f.Search), beginning)+" OR "+term("name", f.Search, beginning)+" OR "+term("nickname", f.Search, beginning)+")")
	}
	if f.Email != "" {
		all = append(all, term("email", address.Fold(f.Email), exactly))
	}
	if f.Connection != "" {
		all = append(all, term("identities.connection", f.Connection, exactly))
	}
	if f.Connections != nil {
		all = append(all, anyOf("identities.connection", f.Connections))
	}
	if f.EmailVerified != nil {
		all = append(all, flag("email_verified", *f.EmailVerified))
	}
	if f.Blocked != nil {
		all = append(all, flag("blocked", *f.Blocked))
	}
	all = appendSpan(all, "created_at", f.CreatedAfter, f.CreatedBefore)
	return appendSpan(all, "last_login", f.LastLoginAfter, f.LastLoginUntil)
}

func appendSpan(all []string, field string, after, before time.Time) []string {
	if after.IsZero() && before.IsZero() {
		return all
	}
	return append(all, span(field, instant(after, 0), instant(before, time.Millisecond-1)))
}

// instant rounds to the provider's precision, one millisecond, so that an exclusive bound
// still excludes the same values.
func instant(t time.Time, roundUp time.Duration) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Add(roundUp).Truncate(time.Millisecond).Format(users.Instant)
}
