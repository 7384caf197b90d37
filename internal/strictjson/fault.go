package strictjson

import "fmt"

// Kind is what is wrong with a text.
type Kind string

// The kinds.
const (
	NotUTF8    Kind = "is not UTF-8"
	Incomplete Kind = "ends before its value does"
	Broken     Kind = "is not JSON"
	MoreBehind Kind = "has more behind its value"
	Twice      Kind = "has a name twice in an object"
	TooDeep    Kind = "is nested too deeply"
	NotObject  Kind = "is not an object"
	Halved     Kind = "has half of a surrogate pair" // ReadExact's only
)

// Fault says why a text is refused. Path is the member that it is about, "a.b", for
// Twice, TooDeep and Halved; the items of an array have the array's. It is the sender's
// text, of any length. Offset is how far the text was read, in bytes.
type Fault struct {
	Kind   Kind
	Path   string
	Offset int64
}

// Error names the kind and the place, and nothing of the text.
func (f *Fault) Error() string { return fmt.Sprintf("the text %s (byte %d)", f.Kind, f.Offset) }
