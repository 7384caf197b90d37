package valid

import (
	"encoding/json"
	"strconv"
	"strings"
)

// double returns the number as the provider keeps it, in IEEE 754's 64 bits; ok
// is false where too much would be lost: a digit of a whole number, which may
// be an id, or all of a number that is too large or too small. Fractions are
// rounded, as everywhere (RFC 8259, section 6).
func double(n json.Number) (value float64, ok bool) {
	value, err := n.Float64()
	if err != nil {
		return 0, false
	}
	given, ok := decimalOf(n.String())
	kept, _ := decimalOf(strconv.FormatFloat(value, 'e', -1, 64))
	if !ok || given.digits != "" && kept.digits == "" {
		return 0, false
	}
	return value, given.exponent < 0 || given == kept
}

// decimal is digits × 10^exponent, with no zero first or last; zero has no
// digits.
type decimal struct {
	digits   string
	exponent int
}

// decimalOf reads a number of JSON's without its sign; ok is false for an
// exponent that is no number of this machine's.
func decimalOf(text string) (d decimal, ok bool) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(strings.TrimPrefix(text, "-")), "e")
	if hasExponent {
		n, err := strconv.Atoi(exponent)
		if err != nil {
			return decimal{}, false
		}
		d.exponent = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	d.digits = strings.TrimRight(digits, "0")
	d.exponent += len(digits) - len(d.digits) - len(fraction)
	d.digits = strings.TrimLeft(d.digits, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}
