package records

import (
	"bufio"
	"io"
	"strings"
)

// WriteFailed writes the records with a reason, by the index in the file, with a column or member for the
// reason. The form is that of the uploaded file.
func (f *File) WriteFailed(w io.Writer, reasons map[int]string) error {
	out := bufio.NewWriter(w)
	at := len(f.columns)
	if f.IsCSV() {
		names := f.Columns()
		for i, name := range names {
			if name == ProblemName {
				at = i
			}
		}
		WriteRow(out, f.comma, withCell(names, at, ProblemName))
	}
	index := 0
	for r := range f.Records() {
		if reason, wanted := reasons[index]; wanted {
			if f.IsCSV() {
				WriteRow(out, f.comma, withCell(r.row, at, reason))
			} else {
				writeLine(out, r, reason)
			}
		}
		index++
	}
	return out.Flush()
}

func writeLine(out *bufio.Writer, r Record, reason string) {
	members, _ := membersOf(r.JSON) // the upload was checked
	line := objectOf(append(members, namedValue{ProblemName, encode(reason)}))
	_, _ = out.Write(append(line, '\n')) // Flush returns the error
}

// withCell returns a row with a cell replaced or added.
func withCell(row []string, at int, cell string) []string {
	return append(append(append([]string{}, row[:at]...), cell), row[min(at+1, len(row)):]...)
}

// WriteRow writes a row of CSV. All cells are in quotation marks, so that a separator in a cell begins no
// other cell.
func WriteRow(out *bufio.Writer, comma rune, row []string) {
	for i, cell := range row {
		if i > 0 {
			_, _ = out.WriteRune(comma)
		}
		_, _ = out.WriteString(`"` + strings.ReplaceAll(escape(cell), `"`, `""`) + `"`) // Flush returns the error
	}
	_, _ = out.WriteString("\r\n")
}
