package problem

// ContentType is the media type of a problem document (RFC 9457, section 3).
const ContentType = "application/problem+json"

// URN is the prefix of every problem's "type".
const URN = "urn:usher:problem:"

// Document is a problem as sent to the client: the members of RFC 9457 and these
// extensions. Code is the bare code, Rule the limit that refused the request, Errors the
// invalid inputs. ReturnTo tells where the front-end can continue after a failed sign-in.
type Document struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	Code      string  `json:"code"`
	RequestID string  `json:"request_id"`
	Rule      string  `json:"rule,omitempty"`
	Errors    []Field `json:"errors,omitempty"`
	ReturnTo  string  `json:"return_to,omitempty"`
}

// Document returns the document of the problem for the request with this ID.
func (e *Error) Document(requestID string) Document {
	return Document{
		Type:      URN + e.Kind.Code,
		Title:     e.Kind.Title,
		Status:    e.Kind.Status,
		Detail:    e.Detail,
		Code:      e.Kind.Code,
		RequestID: requestID,
		Rule:      e.Rule,
		Errors:    e.Fields,
	}
}
