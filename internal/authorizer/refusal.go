package authorizer

// Reason is the reason for refusing a token. There are few, because each is a separate
// metric.
type Reason string

// The reasons.
const (
	NoToken        Reason = "no-token"
	TooLarge       Reason = "too-large"
	Malformed      Reason = "malformed"
	BadAlgorithm   Reason = "algorithm"
	BadType        Reason = "type"
	BadHeader      Reason = "header"
	UnknownKey     Reason = "unknown-key"
	BadSignature   Reason = "signature"
	WrongIssuer    Reason = "issuer"
	WrongAudience  Reason = "audience"
	NotForBearers  Reason = "not-for-bearers"
	NoCaller       Reason = "caller"
	OfAUser        Reason = "of-a-user"
	Expired        Reason = "expired"
	NotYetValid    Reason = "not-yet-valid"
	BadTime        Reason = "time"
	BadPermissions Reason = "permissions"
)

// Refusal is the error of an invalid token. It is only for the log. The sender of the token
// learns only that it was refused.
type Refusal struct {
	Reason Reason
	Caller string // the token's client; "" unless the signature was valid
	detail string // never a part of the token
}

func (r *Refusal) Error() string { return string(r.Reason) + ": " + r.detail }

func refuse(reason Reason, detail string) *Refusal { return &Refusal{Reason: reason, detail: detail} }

// of sets the caller.
func (r *Refusal) of(caller string) *Refusal {
	r.Caller = caller
	return r
}
