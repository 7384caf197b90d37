package httpapi

import (
	"context"
	"net/http"
	"regexp"
	"strings"
)

// trace identifies the traces of a request.
type trace struct {
	parent string // the caller's traceparent header; "" if absent or invalid
	id     string // its trace ID
	xray   string // AWS X-Ray's trace ID; "" if not sampled
}

// Traceparent returns the traceparent header for requests to the provider, or "". The
// service creates no spans and so passes the caller's header on, but reduces a later
// version to version 00. It does not pass tracestate on, which is other vendors' data.
func Traceparent(ctx context.Context) string { return recordOf(ctx).trace.parent }

// xrayHeader is the form of X-Ray's trace header
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
var xrayHeader = regexp.MustCompile(`^Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)`)

// traceOf reads the caller's traceparent header, and X-Ray's header from the invocation.
func traceOf(r *http.Request, xray string) trace {
	var t trace
	if sent := r.Header.Values("Traceparent"); len(sent) == 1 && validTraceparent(sent[0]) {
		t.parent, t.id = asVersion00(sent[0]), sent[0][3:35]
	}
	if strings.Contains(xray, "Sampled=1") { // first, since it excludes most headers
		if found := xrayHeader.FindStringSubmatch(xray); found != nil {
			t.xray = found[1]
		}
	}
	return t
}

// traceparentLength is the length of version 00, the prefix of all later versions.
const traceparentLength = 55

var (
	traceparent = regexp.MustCompile(`^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{0,200})?$`)
	noTrace     = strings.Repeat("0", 32)
	noParent    = strings.Repeat("0", 16)
)

// validTraceparent checks the header against W3C Trace Context (section 3.2): lower-case
// hex, no all-zero ID, no version ff, and only in later versions more after the flags.
func validTraceparent(header string) bool {
	if !traceparent.MatchString(header) {
		return false
	}
	version, traceID, parentID := header[:2], header[3:35], header[36:52]
	return version != "ff" && (version != "00" || len(header) == traceparentLength) && traceID != noTrace && parentID != noParent
}

// asVersion00 converts a later version to version 00 (Trace Context, section 3.2.4). Of the
// flags it keeps "sampled".
func asVersion00(header string) string {
	if strings.HasPrefix(header, "00-") {
		return header
	}
	flags := "00"
	if strings.ContainsAny(header[54:55], "13579bdf") {
		flags = "01"
	}
	return "00" + header[2:53] + flags
}
