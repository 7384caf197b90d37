package httpapi

import (
	"context"
	"net/http"
	"regexp"
	"strings"
)

// trace is what a request belongs to, by the ids of others.
type trace struct {
	parent string // the caller's traceparent header; "" for none that is right
	id     string // the trace's id in it
	xray   string // AWS X-Ray's id of the trace; "" where it is not sampled
}

// Traceparent returns the caller's traceparent header as it is to go on to
// others, or "". The service makes no spans of its own, so it passes the header
// on unchanged, as a proxy does, but for one of a later version, of which it knows
// no more than version 00 has. What else a caller may send of its trace (tracestate)
// is other vendors' data, and stays here.
func Traceparent(ctx context.Context) string { return recordOf(ctx).trace.parent }

// xrayHeader is the form of X-Ray's trace header
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
var xrayHeader = regexp.MustCompile(`^Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)`)

// traceOf reads the caller's trace, and X-Ray's trace header, which the platform
// gives with an invocation.
func traceOf(r *http.Request, xray string) trace {
	var t trace
	if sent := r.Header.Values("Traceparent"); len(sent) == 1 && validTraceparent(sent[0]) {
		t.parent, t.id = asVersion00(sent[0]), sent[0][3:35]
	}
	if found := xrayHeader.FindStringSubmatch(xray); found != nil && strings.Contains(xray, "Sampled=1") {
		t.xray = found[1]
	}
	return t
}

// traceparentLength is that of version 00, with which all later versions begin.
const traceparentLength = 55

var (
	traceparent = regexp.MustCompile(`^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{0,200})?$`)
	noTrace     = strings.Repeat("0", 32)
	noParent    = strings.Repeat("0", 16)
)

// validTraceparent checks the header as W3C's Trace Context says (section 3.2):
// lower-case hex, no id of zeros alone, version 00 without more behind it, and of
// later versions the same beginning. Version ff is none.
func validTraceparent(header string) bool {
	if !traceparent.MatchString(header) {
		return false
	}
	version, traceID, parentID := header[:2], header[3:35], header[36:52]
	return version != "ff" && (version != "00" || len(header) == traceparentLength) && traceID != noTrace && parentID != noParent
}

// asVersion00 makes version 00 of a later one, as Trace Context asks of who knows no
// other (section 3.2.4): of the flags that is whether the trace is sampled.
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
