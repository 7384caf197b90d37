package problem

// ContentType is the media type of a problem document (RFC 9457, section 3).
const ContentType = "application/problem+json"

// URN is what every problem's "type" begins with.
const URN = "urn:usher:problem:"

// Document is a problem on the wire: RFC 9457's members, and as extensions the
// bare code, the request's id, the rule that refused, the inputs at fault, and for a
// sign-in that failed where the front-end can offer to begin again.
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

// Document renders the problem for the request with this id.
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
