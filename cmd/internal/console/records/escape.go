package records

import "regexp"

// Spreadsheet programs run a cell that begins with one of these characters as a formula. Downloads have an
// apostrophe before it, and uploads remove that again, so that a downloaded file can be uploaded unchanged. A
// value that already begins with apostrophes before such a character gets one more, so that no value is lost.
// See OWASP, "CSV Injection".
var (
	formula = regexp.MustCompile(`^'*[=+\-@\t\r\n＝＋－＠]`)
	escaped = regexp.MustCompile(`^'+[=+\-@\t\r\n＝＋－＠]`)
)

func escape(cell string) string {
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

func unescape(cell string) string {
	if escaped.MatchString(cell) {
		return cell[1:]
	}
	return cell
}
