package strictjson

import "fmt"

// Kind says what is wrong with a text.
type Kind string

// The kinds.
const (
	NotUTF8    Kind = "is not UTF-8"
	Incomplete Kind = "is incomplete"
	Broken     Kind = "is not JSON"
	MoreBehind Kind = "has text after its value"
	Twice      Kind = "has a duplicate member name"
	TooDeep    Kind = "is nested too deeply"
	NotObject  Kind = "is not an object"
	Halved     Kind = "has an unpaired surrogate" // only from ReadExact
)

// Fault says why a text is refused. For Twice, TooDeep and Halved, Path names the member,
// such as "a.b"; array items have the path of the array. Path comes from the sender and has
// any length. Offset is the number of bytes read.
type Fault struct {
	Kind   Kind
	Path   string
	Offset int64
}

// Error names the kind and the offset, and quotes nothing of the text.
func (f *Fault) Error() string { return fmt.Sprintf("the text %s (byte %d)", f.Kind, f.Offset) }
