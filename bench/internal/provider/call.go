package provider

// Call is a request to the provider, as it is sent again without the service.
type Call struct {
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
}

// sentAgain lists the headers of a call that its repetition needs.
var sentAgain = []string{"Authorization", "Content-Type", "Accept"}
