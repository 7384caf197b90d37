package records

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Fault is what is wrong with a file.
type Fault struct {
	Line int // 0 for the whole file
	Text string
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.Text
	}
	return fmt.Sprintf("Line %d: %s", f.Line, f.Text)
}

// ByteOrderMark begins many CSV files in UTF-8, and tells spreadsheet programs about the encoding.
const ByteOrderMark = "\xef\xbb\xbf"

const saveAsUTF8 = "Save it as CSV in UTF-8, which spreadsheet programs offer when they save or export a file."

// utf8Of returns a file's text without a byte order mark. Other encodings than UTF-8 would change names.
func utf8Of(file []byte) ([]byte, error) {
	if bytes.HasPrefix(file, []byte("\xff\xfe")) || bytes.HasPrefix(file, []byte("\xfe\xff")) || bytes.IndexByte(file, 0) >= 0 {
		return nil, &Fault{Text: "The file is in UTF-16, or is not a text. " + saveAsUTF8}
	}
	text := bytes.TrimPrefix(file, []byte(ByteOrderMark))
	if utf8.Valid(text) {
		return text, nil
	}
	line := 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		rest = rest[size:]
	}
	return nil, &Fault{line, "The file is not in UTF-8, but perhaps in Latin-1 or Windows-1252. " + saveAsUTF8}
}
