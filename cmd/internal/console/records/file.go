package records

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"

	"usher/cmd/internal/console/policy"
)

// The limits of a job in the contract, and of a file.
const (
	MaxPartRecords = 10_000
	MaxPartBytes   = 4_000_000
	MaxRecords     = 100_000
)

const tooLarge = "The record is larger than a job can be."

// File is an uploaded file of records.
type File struct {
	kind    Kind
	text    []byte
	columns []column // of a CSV file; nil for NDJSON
	comma   rune
}

// Record is a record of a file.
type Record struct {
	Line  int
	JSON  []byte // as it is sent
	Fault string // why it cannot be sent; "" for nothing
	names []string
	row   []string // of a CSV file
}

// Open reads the form of a file. NDJSON begins with a brace, and everything else is CSV.
func Open(file []byte, kind Kind) (*File, error) {
	text, err := utf8Of(file)
	if err != nil {
		return nil, err
	}
	f := &File{kind: kind, text: text}
	switch start := bytes.TrimSpace(text); {
	case len(start) == 0:
		return nil, &Fault{Text: "The file is empty."}
	case start[0] == '[':
		return nil, &Fault{Text: "The file is a JSON array. Write one JSON object in each line, without brackets and commas around them."}
	case start[0] == '{':
		return f, nil
	}
	return f, f.readHeader()
}

// IsCSV reports whether the file is CSV; otherwise it is NDJSON.
func (f *File) IsCSV() bool { return f.columns != nil }

// Columns returns the names in the header of a CSV file.
func (f *File) Columns() []string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.name
	}
	return names
}

// Records returns the records in their order. After a fault in the file's form there are no more.
func (f *File) Records() iter.Seq[Record] {
	if f.IsCSV() {
		return f.rows
	}
	return f.lines
}

// Part is a part of a file that becomes one job.
type Part struct {
	First   int // the index of its first record
	Records int
	Lines   []byte // NDJSON
}

// partSize is the size of a part that grows.
type partSize struct{ records, bytes int }

// add adds a record, and reports whether it begins another part.
func (p *partSize) add(r Record) (begins bool) {
	size := len(r.JSON) + 1
	if begins = p.records == 0 || p.records == MaxPartRecords || p.bytes+size > MaxPartBytes; begins {
		*p = partSize{}
	}
	p.records, p.bytes = p.records+1, p.bytes+size
	return begins
}

// Parts returns the parts of a file without faults.
func (f *File) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		var part Part
		var size partSize
		for r := range f.Records() {
			if size.add(r) && part.Records > 0 {
				if !yield(part) {
					return
				}
				part = Part{First: part.First + part.Records}
			}
			part.Lines = append(append(part.Lines, r.JSON...), '\n')
			part.Records++
		}
		if part.Records > 0 {
			yield(part)
		}
	}
}

// Self is the person who uploads a file. Records that change or delete users must not be about them.
type Self struct{ ID, Email string }

// Summary is what a person sees before the start of a job.
type Summary struct {
	Records int
	Parts   int
	Needs   policy.Groups // that members of the records need
	Faults  []*Fault      // the first ones
	More    int           // further faults
	Sample  []string      // the first records as they are sent, without secrets
}

const (
	maxFaults = 20
	maxSample = 5
)

// Check reads all records. self is nil if the records change no existing user.
func (f *File) Check(self *Self) Summary {
	s := Summary{Needs: policy.Groups{}}
	var size partSize
	for r := range f.Records() {
		fault := r.Fault
		if fault == "" {
			fault = f.refuse(r, self)
		}
		if fault != "" {
			s.add(&Fault{r.Line, fault})
			continue
		}
		if s.Records++; s.Records > MaxRecords {
			s.add(&Fault{r.Line, "There are more than 100,000 records. Split the file into smaller ones."})
			break
		}
		for _, name := range r.names {
			if m, ok := f.kind.find(name); ok && m.Group != "" {
				s.Needs[m.Group] = true
			}
		}
		if size.add(r) {
			s.Parts++
		}
		if len(s.Sample) < maxSample {
			s.Sample = append(s.Sample, f.shown(r))
		}
	}
	if s.Records == 0 && len(s.Faults) == 0 {
		s.add(&Fault{Text: "The file has no records."})
	}
	return s
}

func (s *Summary) add(f *Fault) {
	if len(s.Faults) == maxFaults {
		s.More++
		return
	}
	s.Faults = append(s.Faults, f)
}

// refuse says why a record is not sent, although it has the right form; "" if it is.
func (f *File) refuse(r Record, self *Self) string {
	if self == nil && !slices.Contains(r.names, "invite") {
		return ""
	}
	var known struct {
		ID     any `json:"id"`
		Email  any `json:"email"`
		Invite any `json:"invite"`
	}
	_ = json.Unmarshal(r.JSON, &known) // it is an object
	switch {
	case known.Invite == "link":
		return "The console invites many users only by mail: links are credentials, and results can be read for days. Write email as the value of invite."
	case self != nil && (known.ID == self.ID || isAddress(known.Email, self.Email)):
		return "The record is about your own account. Ask a colleague."
	}
	return ""
}
