package valid

import (
	"encoding/json"
	"strconv"
	"strings"
)

// double converts a number to the provider's format, an IEEE 754 double. ok is false if a
// whole number, which may be an ID, would lose a digit, or if the number is out of range.
// Fractions are rounded (RFC 8259, section 6).
func double(n json.Number) (value float64, ok bool) {
	value, err := n.Float64()
	if err != nil {
		return 0, false
	}
	given, ok := decimalOf(n.String())
	stored, _ := decimalOf(strconv.FormatFloat(value, 'e', -1, 64))
	if !ok || given.digits != "" && stored.digits == "" {
		return 0, false
	}
	return value, given.exponent < 0 || given == stored
}

// maxDigits is the number of digits of the largest int64.
const maxDigits = 19

// Whole returns a whole number without its fraction and exponent: 600 for 6e2 and 600.0, which
// JSON Schema takes as integers. It returns any other number, and one with too many digits, as it is.
func Whole(n json.Number) json.Number {
	d, ok := decimalOf(n.String())
	if !ok || d.exponent < 0 || d.exponent > maxDigits || len(d.digits)+d.exponent > maxDigits {
		return n
	}
	if d.digits == "" {
		return "0"
	}
	whole := d.digits + strings.Repeat("0", d.exponent)
	if strings.HasPrefix(n.String(), "-") {
		whole = "-" + whole
	}
	return json.Number(whole)
}

// decimal is digits × 10^exponent, without leading or trailing zeros. Zero has no digits.
type decimal struct {
	digits   string
	exponent int
}

// decimalOf parses a JSON number without its sign. ok is false if the exponent overflows.
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
